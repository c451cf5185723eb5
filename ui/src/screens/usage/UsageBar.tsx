/** How much of an allowance is used, in a table's row: a bar with ticks where alerts begin. */
import type { UsageStanding } from '../../host/types';
import { cx } from '../../parts/cx';
import styles from './UsageBar.module.css';

interface Props {
  /** Hundredths of a percent; null: not known. */
  basisPoints: number | null;
  state: UsageStanding;
  /** Where alerts begin, in percent. */
  ticks?: readonly number[];
}

const USUAL_TICKS = [80, 100] as const;

const INKS: Partial<Record<UsageStanding, string | undefined>> = {
  near: styles.near,
  reached: styles.over,
  over: styles.over,
};

/** The figures stand beside it: a screen reader needs no bar. */
export function UsageBar({ basisPoints, state, ticks = USUAL_TICKS }: Props) {
  if (basisPoints === null) {
    return <span className={cx(styles.bar, styles.unknown)} aria-hidden />;
  }
  const percent = Math.min(100, Math.max(0, basisPoints / 100));
  return (
    <span className={styles.bar} aria-hidden>
      <span className={cx(styles.fill, INKS[state])} style={{ width: `${percent}%` }} />
      {ticks.map((tick) => (
        <span key={tick} className={styles.tick} style={{ left: `${Math.min(100, tick)}%` }} />
      ))}
    </span>
  );
}
