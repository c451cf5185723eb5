/** Why a table is empty: the filter, or because nothing was loaded yet; and the next step. */
import type { ReactNode } from 'react';
import type { Status, SyncProgress } from '../host/types';
import { useRegistry } from '../keys/useShortcut';
import { Button } from '../parts/Button';
import { Progress } from '../parts/Progress';
import { Empty } from '../parts/States';
import { countWords, spanWords } from '../words/numbers';

/** How far the first load is; Stripe gives no counts, so lists are what can be counted. */
function LoadProgress({ progress }: { progress: SyncProgress | undefined }) {
  if (!progress) return null;
  const whole = progress.lists.filter((list) => list.done).length;
  const left = progress.secondsLeft === null ? '' : `, ${spanWords(progress.secondsLeft)} left`;
  return (
    <Progress
      label="Rows appear as they are loaded"
      done={whole}
      total={progress.lists.length === 0 ? null : progress.lists.length}
      words={`${countWords(progress.objects)} objects, ${countWords(progress.objectsPerSecond)} a second, ${whole} of ${progress.lists.length} lists whole${left}`}
    />
  );
}

interface Props {
  /** "tenants", "invoices". */
  what: string;
  status: Status | undefined;
  /** The filter in words; empty: everything passes. */
  filterWords: readonly string[];
  onClear: () => void;
  /** Why, where these are kept from the first load on and earlier ones are never there. */
  since?: string;
}

export function NothingLoaded({ what, status, since, filterWords, onClear }: Props): ReactNode {
  const registry = useRegistry();
  if (filterWords.length > 0) {
    return (
      <Empty
        title={`No ${what} pass the filter`}
        why={filterWords.join(' · ')}
        action={<Button onPress={onClear}>Clear the filter</Button>}
      />
    );
  }
  const phase = status?.progress.phase;
  if (phase === 'loading' || phase === 'finishing') {
    return (
      <Empty
        title={`The first ${what} are on their way`}
        why={<LoadProgress progress={status?.progress} />}
        action={
          <>
            <Button onPress={() => registry.run('sync.details')}>Show list by list</Button>
            <Button onPress={() => registry.run('sync.cancel')}>Stop loading</Button>
          </>
        }
      />
    );
  }
  if (!status?.completeAsOf) {
    return (
      <Empty
        title={`No ${what} are loaded yet`}
        why="The books of this account are still empty."
        action={
          <Button kind="primary" onPress={() => registry.run('sync.start')}>
            Load from Stripe
          </Button>
        }
      />
    );
  }
  return (
    <Empty
      title={since ? `No ${what} since the first load` : `This account has no ${what}`}
      why={since ?? 'Everything was loaded from Stripe, and there were none.'}
      action={<Button onPress={() => registry.run('sync.start')}>Update from Stripe</Button>}
    />
  );
}
