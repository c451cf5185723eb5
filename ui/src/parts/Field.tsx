/** One line to fill in, with its label above and what is wrong below. */
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';
import styles from './Field.module.css';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string | undefined;
  /** What is wrong with it. */
  wrong?: string | undefined;
  secret?: boolean;
  /** Ids and keys. */
  mono?: boolean;
  placeholder?: string;
  maxLength?: number;
  focusFirst?: boolean;
  inputMode?: 'text' | 'decimal' | 'numeric';
  onEnter?: () => void;
}

export function Field(props: Props) {
  const { label, value, onChange, hint, wrong, secret, mono, maxLength = 500, onEnter } = props;
  return (
    <TextField
      className={styles.field ?? ''}
      value={value}
      onChange={onChange}
      isInvalid={wrong !== undefined}
      type={secret ? 'password' : 'text'}
      autoComplete="off"
      maxLength={maxLength}
    >
      <Label className={styles.label ?? ''}>{label}</Label>
      <Input
        ref={props.focusFirst ? (element) => focusOnce(element) : undefined}
        className={`${styles.input} ${mono ? styles.mono : ''}`}
        placeholder={props.placeholder ?? ''}
        inputMode={props.inputMode ?? 'text'}
        spellCheck={false}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && onEnter) onEnter();
        }}
      />
      {hint && wrong === undefined ? (
        <Text slot="description" className={styles.hint ?? ''}>
          {hint}
        </Text>
      ) : null}
      <FieldError className={styles.wrong ?? ''}>{wrong}</FieldError>
    </TextField>
  );
}

const focused = new WeakSet<Element>();

function focusOnce(element: HTMLInputElement | null) {
  if (!element || focused.has(element)) return;
  focused.add(element);
  element.focus();
}
