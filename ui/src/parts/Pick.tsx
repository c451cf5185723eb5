/** One of a few, all in sight. */
import { Label, Radio, RadioGroup } from 'react-aria-components';
import styles from './Field.module.css';

interface Option<Value extends string> {
  value: Value;
  words: string;
  /** Why it cannot be chosen now. */
  not?: boolean;
}

interface Props<Value extends string> {
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}

export function Pick<Value extends string>({ label, options, value, onChange }: Props<Value>) {
  const change = (chosen: string) => {
    const option = options.find((one) => one.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <RadioGroup
      className={styles.radios ?? ''}
      value={value}
      onChange={change}
      orientation="horizontal"
    >
      <Label className={styles.label ?? ''}>{label}</Label>
      <div className={styles.options}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            isDisabled={option.not ?? false}
            className={styles.option ?? ''}
          >
            {option.words}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
