/** The search field of a table: `/` goes to it, Escape empties and leaves it. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useShortcut } from '../keys/useShortcut';
import styles from './SearchBox.module.css';

interface Props {
  label: string;
  /** What is searched for; it follows `onSearch` at once. */
  value: string;
  onSearch: (text: string) => void;
}

const REST_MS = 150;

export function SearchBox({ label, value, onSearch }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  // A value that did not come from here, as from "Clear the filter", replaces what is typed.
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  const search = useEffectEvent((text: string) => {
    if (text === value) return;
    setKnown(text);
    onSearch(text);
  });
  useEffect(() => {
    const timer = setTimeout(() => search(typed.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useShortcut('search', () => {
    field.current?.focus();
    field.current?.select();
  });
  return (
    <span className={styles.box}>
      <input
        ref={field}
        type="search"
        className={styles.field}
        aria-label={label}
        placeholder={label}
        value={typed}
        spellCheck={false}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (typed === '') field.current?.blur();
          setTyped('');
        }}
      />
      <kbd className={styles.key} aria-hidden>
        /
      </kbd>
    </span>
  );
}
