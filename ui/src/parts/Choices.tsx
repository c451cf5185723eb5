/** Boxes to tick, one under another: the inside of a filter. */
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Checkbox, CheckboxGroup, Radio, RadioGroup } from 'react-aria-components';
import { cx } from './cx';
import styles from './Choices.module.css';

export interface Choice {
  value: string;
  words: string;
}

interface Props {
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  /** Said when there is nothing to choose from. */
  none?: string;
}

export function Choices({ label, choices, chosen, onChoose, none }: Props) {
  if (choices.length === 0) return <p className={styles.none}>{none ?? 'Nothing to choose yet'}</p>;
  return (
    <CheckboxGroup
      aria-label={label}
      value={[...chosen]}
      onChange={onChoose}
      className={styles.group ?? ''}
    >
      {choices.map(({ value, words }) => (
        <Checkbox key={value} value={value} className={styles.choice ?? ''}>
          <Tick />
          {words}
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}

interface OneOfProps {
  label: string;
  choices: readonly Choice[];
  chosen: string;
  onChoose: (chosen: string) => void;
}

/** One of many, one under another. */
export function OneOf({ label, choices, chosen, onChoose }: OneOfProps) {
  return (
    <RadioGroup
      aria-label={label}
      value={chosen}
      onChange={onChoose}
      className={styles.group ?? ''}
    >
      {choices.map(({ value, words }) => (
        <Radio key={value} value={value} className={cx(styles.choice, styles.one)}>
          <Tick />
          {words}
        </Radio>
      ))}
    </RadioGroup>
  );
}

function Tick() {
  return (
    <span className={styles.box} aria-hidden>
      <Check size={10} strokeWidth={3} />
    </span>
  );
}

interface SingleProps {
  isSelected: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
}

/** One box to tick. */
export function Box({ isSelected, onChange, children }: SingleProps) {
  return (
    <Checkbox isSelected={isSelected} onChange={onChange} className={styles.single ?? ''}>
      <Tick />
      <span>{children}</span>
    </Checkbox>
  );
}
