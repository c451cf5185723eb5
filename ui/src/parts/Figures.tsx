/** Amounts, moments and ids as they stand in tables and pages. */
import { Check } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNow } from '../app/host';
import { useZone } from '../app/reads';
import type { Amount } from '../host/types';
import { amountWords } from '../words/amounts';
import { countOf } from '../words/numbers';
import { agoWords, dayWords, momentWords } from '../words/times';
import { copyText } from './copy';
import { cx } from './cx';
import styles from './Figures.module.css';

interface MoneyProps {
  amount: Amount | null;
  /** Red when it is not zero: what is past due. */
  alarming?: boolean;
  strong?: boolean;
}

/** An amount; zero recedes. */
export function Money({ amount, alarming, strong }: MoneyProps) {
  if (!amount) return <span className={styles.faint}>–</span>;
  const zero = amount.minor === 0;
  return (
    <span
      className={cx(
        styles.figure,
        zero && styles.faint,
        alarming && !zero && styles.alarming,
        strong && styles.strong,
      )}
    >
      {amountWords(amount)}
    </span>
  );
}

/** "+1" beside an amount: something is owed in that many other currencies too. */
export function MoreCurrencies({ count }: { count: number }) {
  if (count === 0) return null;
  const words = countOf(count, 'currency', 'currencies');
  return (
    <span className={styles.more} title={`and in ${words} more`}>
      +{words}{' '}
    </span>
  );
}

/** A day; the moment with its zone stands behind it. */
export function Day({ at }: { at: number | null }) {
  const zone = useZone();
  if (at === null) return <span className={styles.faint}>–</span>;
  return (
    <time className={styles.figure} title={momentWords(at, zone)}>
      {dayWords(at, zone)}
    </time>
  );
}

/** "2 hours ago"; the moment with its zone stands behind it. */
export function Ago({ at }: { at: number }) {
  const zone = useZone();
  return <time title={momentWords(at, zone)}>{agoWords(at, useNow())}</time>;
}

/** "14 Mar 2026, 09:30 CET". */
export function Moment({ at }: { at: number }) {
  return <time className={styles.figure}>{momentWords(at, useZone())}</time>;
}

const COPIED_MS = 1500;

/** An id, copied by a click. */
export function Id({ id, short }: { id: string; short?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const isShort = short === true && id.length > 14;
  const shown = isShort ? `${id.slice(0, 7)}…${id.slice(-3)}` : id;
  return (
    <button
      type="button"
      className={styles.id}
      title={copied ? 'Copied' : `Copy ${id}`}
      aria-label={isShort ? `${shown}: copy ${id}` : `Copy ${id}`}
      onClick={() => void copyText(id).then(setCopied)}
    >
      {shown}
      {copied ? <Check size={11} aria-hidden /> : null}
    </button>
  );
}
