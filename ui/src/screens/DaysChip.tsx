/** A filter by days of the company's zone: spans to choose, or two days typed. */
import { useZone } from '../app/reads';
import { Button } from '../parts/Button';
import { DayField } from '../parts/DayField';
import { FilterChip } from '../parts/FilterChip';
import { isoDayWords } from '../words/times';
import styles from './DaysChip.module.css';

export interface Span {
  words: string;
  from: string;
  to: string | null;
}

interface Props {
  label: string;
  /** "2026-11-01"; null lets every day pass. */
  from: string | null;
  to: string | null;
  spans: readonly Span[];
  /** What else is to be known about these days. */
  hint?: string;
  onChange: (from: string | null, to: string | null) => void;
}

/** "1 Nov 2026 – 30 Nov 2026"; null: every day. */
export function daysWords(from: string | null, to: string | null): string | null {
  if (from && to) {
    return from === to ? isoDayWords(from) : `${isoDayWords(from)} – ${isoDayWords(to)}`;
  }
  if (from) return `from ${isoDayWords(from)}`;
  return to ? `until ${isoDayWords(to)}` : null;
}

export function DaysChip({ label, from, to, spans, hint, onChange }: Props) {
  const zone = useZone();
  return (
    <FilterChip label={label} value={daysWords(from, to)} onClear={() => onChange(null, null)}>
      <div className={styles.dates}>
        <div className={styles.presets}>
          {spans.map((span) => (
            <Button key={span.words} small onPress={() => onChange(span.from, span.to)}>
              {span.words}
            </Button>
          ))}
        </div>
        <div className={styles.fields}>
          <DayField label="From" value={from} onChange={(day) => onChange(day, to)} />
          <DayField label="Until" value={to} onChange={(day) => onChange(from, day)} />
        </div>
        <p className={styles.hint}>
          Days of {zone}. {hint}
        </p>
      </div>
    </FilterChip>
  );
}
