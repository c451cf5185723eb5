/** A new passphrase, typed twice. */
import { useState } from 'react';
import { Field } from '../../parts/Field';
import styles from './FirstRun.module.css';

/** Shorter ones are refused; the desk checks again. */
const LEAST_LENGTH = 12;

interface Passphrase {
  value: string;
  again: string;
  setValue: (value: string) => void;
  setAgain: (again: string) => void;
  /** Long enough, and the same twice. */
  good: boolean;
}

export function usePassphrase(): Passphrase {
  const [value, setValue] = useState('');
  const [again, setAgain] = useState('');
  return {
    value,
    again,
    setValue,
    setAgain,
    good: value.length >= LEAST_LENGTH && value === again,
  };
}

export function NewPassphrase({ passphrase }: { passphrase: Passphrase }) {
  const { value, again } = passphrase;
  const short = value !== '' && value.length < LEAST_LENGTH;
  const differs = again !== '' && again !== value;
  return (
    <div className={styles.pair}>
      <Field
        label="Passphrase"
        secret
        value={value}
        onChange={passphrase.setValue}
        wrong={short ? `At least ${LEAST_LENGTH} letters` : undefined}
        hint="A few words that nobody guesses"
      />
      <Field
        label="The same again"
        secret
        value={again}
        onChange={passphrase.setAgain}
        wrong={differs ? 'The two differ' : undefined}
      />
    </div>
  );
}
