/** A day, typed part by part; empty lets every day pass. */
import { parseDate } from '@internationalized/date';
import { DateField, DateInput, DateSegment, Label } from 'react-aria-components';
import styles from './DayField.module.css';

interface Props {
  label: string;
  /** "2026-11-01". */
  value: string | null;
  onChange: (day: string | null) => void;
}

export function DayField({ label, value, onChange }: Props) {
  return (
    <DateField
      className={styles.field ?? ''}
      granularity="day"
      value={value === null ? null : parseDate(value)}
      onChange={(day) => onChange(day === null ? null : day.toString())}
    >
      <Label className={styles.label ?? ''}>{label}</Label>
      <DateInput className={styles.input ?? ''}>
        {(segment) => <DateSegment segment={segment} className={styles.segment ?? ''} />}
      </DateInput>
    </DateField>
  );
}
