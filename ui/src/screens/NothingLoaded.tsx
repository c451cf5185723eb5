/** Why a table is empty: the filter, or because nothing was loaded yet; and the next step. */
import type { ReactNode } from 'react';
import type { Status } from '../host/types';
import { useRegistry } from '../keys/useShortcut';
import { Button } from '../parts/Button';
import { Empty } from '../parts/States';

interface Props {
  /** "tenants", "invoices". */
  what: string;
  status: Status | undefined;
  /** The filter in words; empty: everything passes. */
  filterWords: readonly string[];
  onClear: () => void;
}

export function NothingLoaded({ what, status, filterWords, onClear }: Props): ReactNode {
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
        why="Rows appear here as they are loaded. The line at the bottom tells how far it is."
        action={<Button onPress={() => registry.run('sync.details')}>Show what was loaded</Button>}
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
      title={`This account has no ${what}`}
      why="Everything was loaded from Stripe, and there were none."
      action={<Button onPress={() => registry.run('sync.start')}>Update from Stripe</Button>}
    />
  );
}
