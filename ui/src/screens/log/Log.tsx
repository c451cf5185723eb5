/** Every event of Stripe that arrived, what it changed and what became of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useHost } from '../../app/host';
import { useStatus } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import { ALL_EVENTS } from '../../host/filters';
import type { EventFilter, EventRow } from '../../host/types';
import { Button } from '../../parts/Button';
import { Failed, Note } from '../../parts/States';
import { DataTable } from '../../table/DataTable';
import { useTableView } from '../../table/useTableView';
import { countOf } from '../../words/numbers';
import { TablePage, TablePlace } from '../TablePage';
import { NothingLoaded } from '../NothingLoaded';
import { EVENT_COLUMNS } from './columns';
import { EventFilters } from './EventFilters';
import { EventPeek } from './EventPeek';
import { eventFilterWords } from './events';
import { LogTabs } from './LogTabs';
import styles from './Log.module.css';

const route = getRouteApi('/log');
const USUAL = { filter: ALL_EVENTS, sort: 'created' as const, direction: 'descending' as const };
const idOf = (row: EventRow) => row.id;
const nothing = () => undefined;

/** Takes in a file of events that the person picks. */
function useImport() {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const path = await host.pickOpenPath(null);
      return path === null ? null : host.importEvents(path);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['books'] }),
  });
}

export function Log() {
  const host = useHost();
  const navigate = useNavigate();
  const status = useStatus();
  const view = useTableView<EventFilter, 'created'>(route.useSearch(), USUAL, (search) =>
    navigate({ to: '/log', search: { filter: search.filter }, replace: true }),
  );
  const { filter } = view;
  const [total, setTotal] = useState<number | null>(null);
  const [peeked, setPeeked] = useState<EventRow | null>(null);
  const importing = useImport();
  const source = useMemo(
    () => ({
      key: ['events', filter],
      page: (first: number, count: number) => host.events(filter, first, count),
    }),
    [host, filter],
  );
  const show = (next: EventFilter) => {
    setPeeked(null);
    view.show(next);
  };
  const words = eventFilterWords(filter);
  return (
    <TablePage
      title="Log"
      total={total}
      text={filter.text}
      searchLabel="Search events"
      onSearch={(text) => show({ ...filter, text })}
      above={<LogTabs />}
      actions={
        <Button isDisabled={importing.isPending} onPress={() => importing.mutate()}>
          {importing.isPending ? 'Taking in the file' : 'Import a file'}
        </Button>
      }
      filters={<EventFilters filter={filter} onChange={show} />}
    >
      {importing.data ? (
        <div className={styles.said}>
          <Note meaning="done">
            {countOf(importing.data.events, 'event')} in the file,{' '}
            {countOf(importing.data.new, 'of them', 'of them')} new. They are marked as unsigned.
          </Note>
        </div>
      ) : null}
      {importing.error ? (
        <div className={styles.said}>
          <Failed error={asDeskError(importing.error)} small />
        </div>
      ) : null}
      <TablePlace>
        <DataTable
          label="Events"
          columns={EVENT_COLUMNS}
          source={source}
          idOf={idOf}
          sort="created"
          direction="descending"
          onSort={nothing}
          onOpen={setPeeked}
          onPeek={setPeeked}
          peeking={peeked !== null}
          isFaint={(row) => row.outcome === 'nothing'}
          onTotal={setTotal}
          empty={
            <NothingLoaded
              what="events"
              since="The log reaches back as far as Stripe lists events, 30 days before the first load."
              status={status}
              filterWords={words}
              onClear={() => show(ALL_EVENTS)}
            />
          }
        />
        {peeked ? <EventPeek id={peeked.id} onClose={() => setPeeked(null)} /> : null}
      </TablePlace>
    </TablePage>
  );
}
