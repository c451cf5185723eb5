/** What was loaded, list by list; starting and stopping an update. */
import { useStatus } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { ListProgress, Status, SyncPhase } from '../../host/types';
import { Button } from '../../parts/Button';
import { Ago } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Sheet } from '../../parts/Sheet';
import { Failed, Note, Skeleton } from '../../parts/States';
import { bytesWords, countOf, countWords, percentWords, spanWords } from '../../words/numbers';
import { Following } from './Following';
import styles from './SyncSheet.module.css';

interface Props {
  onClose: () => void;
  onStart: () => void;
  onCancel: () => void;
  startError: unknown;
}

const PHASE_WORDS: Record<SyncPhase, string> = {
  idle: 'Nothing runs',
  loading: 'Loading from Stripe',
  finishing: 'Finishing: building search and order',
  done: 'The last update ended well',
  cancelled: 'The last update was stopped; the next one goes on from there',
  failed: 'The last update failed',
};

function ListState({ list, running }: { list: ListProgress; running: boolean }) {
  if (list.refused !== null) return <Mark words="Not permitted" meaning="over" />;
  if (list.done && list.completeAt !== null) {
    return (
      <span className={styles.when}>
        <Mark words="Whole" meaning="done" /> <Ago at={list.completeAt} />
      </span>
    );
  }
  if (running) return <Mark words="Loading" meaning="within" />;
  return <Mark words={list.objects > 0 ? 'In part' : 'Not loaded'} meaning="near" />;
}

function Lists({ lists, running }: { lists: ListProgress[]; running: boolean }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">List</th>
          <th scope="col" className={styles.right}>
            Objects
          </th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {lists.map((list) => (
          <tr key={list.list}>
            <td>{list.list}</td>
            <td className={styles.right}>{countWords(list.objects)}</td>
            <td title={list.refused ? `The key needs ${list.refused}` : undefined}>
              <ListState list={list} running={running} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts({ status }: { status: Status }) {
  const { progress } = status;
  const facts: [string, string][] = [
    ['Objects in this run', countWords(progress.objects)],
    ['Objects a second', countWords(progress.objectsPerSecond)],
    ['Time left', progress.secondsLeft === null ? '–' : spanWords(progress.secondsLeft)],
    ['Requests in this run', countWords(progress.requests)],
    [
      'Slowed down by Stripe',
      `${countWords(progress.throttled)} (${percentWords(progress.throttled, progress.requests)})`,
    ],
    [
      'Reads this month',
      `${countWords(status.readsThisMonth)} of ${countWords(status.readAllocation)}`,
    ],
    ['Size of the books', bytesWords(status.fileBytes)],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([label, value]) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function SyncSheet({ onClose, onStart, onCancel, startError }: Props) {
  const status = useStatus();
  const phase = status?.progress.phase ?? 'idle';
  const running = phase === 'loading' || phase === 'finishing';
  const refused = status?.progress.lists.filter((list) => list.refused !== null) ?? [];
  const footer = running ? (
    <Button onPress={onCancel}>Stop loading</Button>
  ) : (
    <Button kind="primary" onPress={onStart}>
      Update from Stripe
    </Button>
  );
  return (
    <Sheet title="Data from Stripe" subtitle={PHASE_WORDS[phase]} onClose={onClose} footer={footer}>
      {startError ? <Failed error={asDeskError(startError)} small /> : null}
      {status?.progress.error ? <Failed error={status.progress.error} small /> : null}
      {refused.length > 0 ? (
        <Note meaning="near">
          The key may not read {refused.map((list) => list.list.toLowerCase()).join(', ')}. Give it{' '}
          {refused.map((list) => list.refused).join(', ')} at Stripe, then update.
        </Note>
      ) : null}
      {status && status.unreadable > 0 ? (
        <Note meaning="near">
          {countOf(status.unreadable, 'object')} of the last update could not be read: they are in
          no list, no total and no export. The diagnostic file in Settings says which; a newer
          Meterdesk may read them.
        </Note>
      ) : null}
      {status ? (
        <>
          <Following />
          <Lists lists={status.progress.lists} running={running} />
          <Facts status={status} />
        </>
      ) : (
        <Skeleton lines={8} />
      )}
    </Sheet>
  );
}
