/** When an event happened: the hour of today, the day before that. */
import { useNow } from '../../app/host';
import { useZone } from '../../app/reads';
import { asOfWords, momentWords } from '../../words/times';
import styles from './Log.module.css';

export function When({ at }: { at: number }) {
  const zone = useZone();
  return (
    <time className={styles.when} title={momentWords(at, zone)}>
      {asOfWords(at, zone, useNow())}
    </time>
  );
}
