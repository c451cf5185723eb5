/** One of several, behind a button. */
import { ChevronDown } from 'lucide-react';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
} from 'react-aria-components';
import type { Choice } from './Choices';
import { cx } from './cx';
import styles from './Select.module.css';

interface Props {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
  /** In a table: the label is for a screen reader alone. */
  bare?: boolean;
}

export function Select({ label, choices, value, onChange, bare }: Props) {
  return (
    <AriaSelect
      className={cx(styles.select, bare && styles.bare)}
      {...(bare ? { 'aria-label': label } : {})}
      value={value}
      onChange={(chosen) => {
        if (chosen !== null) onChange(String(chosen));
      }}
    >
      {bare ? null : <Label className={styles.label ?? ''}>{label}</Label>}
      <Button className={styles.button ?? ''}>
        <SelectValue />
        <ChevronDown size={14} aria-hidden />
      </Button>
      <Popover className={styles.popover ?? ''}>
        <ListBox className={styles.list ?? ''}>
          {choices.map(({ value: id, words }) => (
            <ListBoxItem key={id} id={id} textValue={words} className={styles.item ?? ''}>
              {words}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
