/** The line at the bottom: how complete, as of when, what runs, what Stripe still allows. */
import { useQuery } from '@tanstack/react-query';
import type { Completeness, ListProgress, ReadBudget, Status } from '../host/types';
import { Shape } from '../parts/Mark';
import { cx } from '../parts/cx';
import { isTight } from '../screens/completeness/ReadBudgetBar';
import { countOf, countWords, spanWords } from '../words/numbers';
import { proofState } from '../words/states';
import { agoWords, asOfWords, momentWords } from '../words/times';
import { useHost, useNow } from './host';
import { reads, useStatus, useZone } from './reads';
import styles from './StatusLine.module.css';

interface Props {
  onDetails: () => void;
  onCompleteness: () => void;
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

/** Proven, due or wrong; the sentence stands behind it. */
function Whole({ known }: { known: Completeness }) {
  const { words, meaning } = proofState(known.state);
  return (
    <span className={styles[meaning]} title={known.words}>
      <Shape meaning={meaning} /> {known.running ? 'Proving' : words}
    </span>
  );
}

function Reads({ budget }: { budget: ReadBudget }) {
  return (
    <span
      className={cx(styles.text, isTight(budget) && styles.near)}
      title="Reads of the last 30 days, of those that this account may make"
    >
      {countWords(budget.used30Days)} of {countWords(budget.allocation)} reads
    </span>
  );
}

export function StatusLine({ onDetails, onCompleteness, onPalette }: Props) {
  const host = useHost();
  const status = useStatus();
  const completeness = useQuery(reads.completeness(host)).data;
  const budget = useQuery(reads.budget(host)).data;
  return (
    <footer className={styles.line}>
      <button type="button" className={styles.part} onClick={onDetails}>
        {status ? <Freshness status={status} /> : <span>Reading the books</span>}
      </button>
      {completeness && status?.completeAsOf ? (
        <button
          type="button"
          className={styles.part}
          aria-label={`Completeness: ${completeness.words}`}
          onClick={onCompleteness}
        >
          <Whole known={completeness} />
        </button>
      ) : null}
      <span className={styles.space} />
      {budget ? <Reads budget={budget} /> : null}
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
