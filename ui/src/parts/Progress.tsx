/** How far something is. */
import { Label, ProgressBar } from 'react-aria-components';
import styles from './Progress.module.css';

interface Props {
  label: string;
  done: number;
  total: number | null;
  /** Count, rate, time left. */
  words: string;
}

export function Progress({ label, done, total, words }: Props) {
  const percent = total === null || total === 0 ? 0 : (done / total) * 100;
  return (
    <ProgressBar
      value={percent}
      isIndeterminate={total === null}
      valueLabel={words}
      className={styles.progress ?? ''}
    >
      <Label>{label}</Label>
      <span className={styles.track}>
        <span
          className={total === null ? styles.moving : styles.fill}
          style={total === null ? {} : { width: `${percent}%` }}
        />
      </span>
      <span className={styles.words}>{words}</span>
    </ProgressBar>
  );
}
