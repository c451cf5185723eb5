/** When an event happened: the hour of today, the day before that. */
import { useNow } from '../../app/host';
import { useZone } from '../../app/reads';
import { asOfWords, clockWords, momentWords } from '../../words/times';
import styles from './Log.module.css';

interface Props {
  at: number;
  /** It stands below its day. */
  hour?: boolean;
}

export function When({ at, hour }: Props) {
  const zone = useZone();
  const now = useNow();
  return (
    <time className={styles.when} title={momentWords(at, zone)}>
      {hour ? clockWords(at, zone) : asOfWords(at, zone, now)}
    </time>
  );
}
