/** All tenants: plan, seats, MRR, balance, past due. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useHost } from '../../app/host';
import { reads, useStatus } from '../../app/reads';
import { ALL_TENANTS } from '../../host/filters';
import type { Direction, TenantFilter, TenantRow, TenantSort } from '../../host/types';
import { useShortcut } from '../../keys/useShortcut';
import { DataTable } from '../../table/DataTable';
import { SelectionBar } from '../../table/SelectionBar';
import { TablePage, TablePlace } from '../TablePage';
import { useTableView } from '../../table/useTableView';
import { amountWords } from '../../words/amounts';
import { NothingLoaded } from '../NothingLoaded';
import { TenantPeek } from '../tenant/TenantPeek';
import { TENANT_COLUMNS } from './columns';
import { TenantFilters, tenantFilterWords } from './TenantFilters';

const route = getRouteApi('/tenants');
const USUAL = {
  filter: ALL_TENANTS,
  sort: 'name' as TenantSort,
  direction: 'ascending' as Direction,
};
const NONE: ReadonlyMap<string, TenantRow> = new Map();
const idOf = (row: TenantRow) => row.id;
const lineOf = (row: TenantRow) =>
  [
    row.name,
    row.id,
    row.tenantId ?? '',
    row.plan ?? '',
    row.seats ?? '',
    row.mrr ? amountWords(row.mrr) : '',
    row.pastDue ? amountWords(row.pastDue) : '',
  ].join('\t');

export function Tenants() {
  const host = useHost();
  const navigate = useNavigate();
  const search = route.useSearch();
  const view = useTableView(search, USUAL, (next) =>
    navigate({ to: '/tenants', search: next, replace: true }),
  );
  const { filter, sort, direction } = view;
  const [total, setTotal] = useState<number | null>(null);
  const [peeked, setPeeked] = useState<TenantRow | null>(null);
  const [selected, setSelected] = useState(NONE);
  const choices = useQuery(reads.choices(host));
  const status = useStatus();

  const show = (next: TenantFilter) => {
    setSelected(NONE);
    setPeeked(null);
    view.show(next);
  };
  const source = useMemo(
    () => ({
      key: ['tenants', filter, sort, direction],
      page: (first: number, count: number) =>
        host.tenants({ filter, sort, direction, first, count }),
    }),
    [host, filter, sort, direction],
  );
  const open = useCallback(
    (row: TenantRow) => void navigate({ to: '/tenants/$id', params: { id: row.id } }),
    [navigate],
  );
  useShortcut('back', () => setSelected(NONE), selected.size > 0);
  const words = tenantFilterWords(filter);

  return (
    <TablePage
      title="Tenants"
      total={total}
      text={filter.text}
      searchLabel="Search tenants"
      onSearch={(text) => show({ ...filter, text })}
      filters={<TenantFilters filter={filter} choices={choices.data} onChange={show} />}
      exported={{ about: 'tenants', filterWords: words, tenants: filter }}
    >
      <TablePlace>
        <DataTable
          label="Tenants"
          columns={TENANT_COLUMNS}
          source={source}
          idOf={idOf}
          sort={sort}
          direction={direction}
          onSort={(by, way) => {
            setSelected(NONE);
            setPeeked(null);
            view.order(by, way);
          }}
          onOpen={open}
          onPeek={setPeeked}
          peeking={peeked !== null}
          selected={selected}
          onSelect={setSelected}
          isFaint={(row) => row.deleted || row.status === 'canceled'}
          onTotal={setTotal}
          empty={
            <NothingLoaded
              what="tenants"
              status={status}
              filterWords={words}
              onClear={() => show(ALL_TENANTS)}
            />
          }
        />
        <SelectionBar
          rows={[...selected.values()]}
          one="tenant"
          many="tenants"
          amount={{ name: 'MRR', of: (row) => row.mrr }}
          line={lineOf}
          onClear={() => setSelected(NONE)}
        />
        {peeked ? (
          <TenantPeek row={peeked} onClose={() => setPeeked(null)} onOpen={() => open(peeked)} />
        ) : null}
      </TablePlace>
    </TablePage>
  );
}
