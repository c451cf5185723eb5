/** The line at the bottom: how complete, as of when, what runs, what Stripe still allows. */
import type { ListProgress, Status } from '../host/types';
import { Shape } from '../parts/Mark';
import { cx } from '../parts/cx';
import { countOf, countWords, spanWords } from '../words/numbers';
import { agoWords, asOfWords, momentWords } from '../words/times';
import { useNow } from './host';
import { useStatus, useZone } from './reads';
import styles from './StatusLine.module.css';

interface Props {
  onDetails: () => void;
  onPalette: () => void;
}

const refusedIn = (lists: readonly ListProgress[]) => lists.filter((list) => list.refused !== null);

function Running({ status }: { status: Status }) {
  const { phase, objects, objectsPerSecond, secondsLeft } = status.progress;
  if (phase === 'finishing') return <span>Finishing: building search and order</span>;
  const left = secondsLeft === null ? '' : `, ${spanWords(secondsLeft)} left`;
  return (
    <span className={styles.running}>
      <span className={styles.track} aria-hidden>
        <span className={styles.moving} />
      </span>
      Loading {countWords(objects)} objects, {countWords(objectsPerSecond)} a second{left}
    </span>
  );
}

/** What is not in the books: lists that the key may not read, objects that could not be read. */
function missingWords(lists: number, objects: number): string {
  const parts = [
    lists > 0 ? countOf(lists, 'list') : null,
    objects > 0 ? `${countOf(objects, 'object')} that could not be read` : null,
  ];
  return parts.filter((part) => part !== null).join(' and ');
}

function Freshness({ status }: { status: Status }) {
  const zone = useZone();
  const now = useNow();
  const { completeAsOf, progress } = status;
  const refused = refusedIn(progress.lists).length;
  if (progress.phase === 'loading' || progress.phase === 'finishing') {
    return <Running status={status} />;
  }
  if (progress.phase === 'failed') {
    return (
      <span className={styles.over}>
        <Shape meaning="over" /> The last update failed
      </span>
    );
  }
  if (completeAsOf === null) {
    return (
      <span className={styles.near}>
        <Shape meaning="near" />{' '}
        {progress.phase === 'cancelled' ? 'Stopped before all was loaded' : 'Not loaded yet'}
      </span>
    );
  }
  const missing = missingWords(refused, status.unreadable);
  return (
    <>
      {missing === '' ? (
        <span className={styles.done}>
          <Shape meaning="done" /> Complete, loaded {agoWords(completeAsOf, now)}
        </span>
      ) : (
        <span className={styles.near}>
          <Shape meaning="near" /> Loaded {agoWords(completeAsOf, now)} without {missing}
        </span>
      )}
      <span title={momentWords(completeAsOf, zone)}>
        As of {asOfWords(completeAsOf, zone, now)}
      </span>
    </>
  );
}

export function StatusLine({ onDetails, onPalette }: Props) {
  const status = useStatus();
  const tight = status ? status.readsThisMonth > status.readAllocation * 0.8 : false;
  return (
    <footer className={styles.line}>
      <button type="button" className={styles.part} onClick={onDetails}>
        {status ? <Freshness status={status} /> : <span>Reading the books</span>}
      </button>
      <span className={styles.space} />
      {status ? (
        <span
          className={cx(styles.text, tight && styles.near)}
          title="Stripe guarantees this many reads a month at least"
        >
          {countWords(status.readsThisMonth)} of {countWords(status.readAllocation)} reads this
          month
        </span>
      ) : null}
      <button
        type="button"
        className={styles.part}
        aria-label="Ctrl K: go to, act, search"
        onClick={onPalette}
      >
        Ctrl K
      </button>
    </footer>
  );
}
