/** All tenants' AI credits against their allowances, those nearest the limit first. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { ALL_USAGE } from '../../host/filters';
import type { Direction, UsageFilter, UsageRow, UsageSort } from '../../host/types';
import { Button } from '../../parts/Button';
import { Empty } from '../../parts/States';
import { DataTable } from '../../table/DataTable';
import { useTableView } from '../../table/useTableView';
import { TablePage, TablePlace } from '../TablePage';
import { usageColumns } from './columns';
import { ImportSheet } from './ImportSheet';
import { UnconfirmedPrices } from './UnconfirmedPrices';
import { UsageFilters, usageFilterWords } from './UsageFilters';
import { UsageTabs } from './UsageTabs';
import { usePlanNames } from './usePlanNames';

const route = getRouteApi('/usage');
const USUAL = {
  filter: ALL_USAGE,
  sort: 'percent' as UsageSort,
  direction: 'descending' as Direction,
};
const idOf = (row: UsageRow) => row.id;
const nothing = () => undefined;

export function Usage() {
  const host = useHost();
  const navigate = useNavigate();
  const search = route.useSearch();
  const view = useTableView(search, USUAL, (next) =>
    navigate({ to: '/usage', search: next, replace: true }),
  );
  const { filter, sort, direction } = view;
  const [total, setTotal] = useState<number | null>(null);
  const [importing, setImporting] = useState(false);
  const plans = usePlanNames();
  const columns = useMemo(() => usageColumns(plans), [plans]);
  const source = useMemo(
    () => ({
      key: ['usage', filter, sort, direction],
      page: (first: number, count: number) =>
        host.usageTenants({ filter, sort, direction, first, count }),
    }),
    [host, filter, sort, direction],
  );
  const open = useCallback(
    (row: UsageRow) =>
      void navigate({ to: '/tenants/$id', params: { id: row.id }, search: { tab: 'usage' } }),
    [navigate],
  );
  const show = (next: UsageFilter) => view.show(next);
  const words = usageFilterWords(filter, plans);
  return (
    <TablePage
      title="Usage"
      total={total}
      text={filter.text}
      searchLabel="Search tenants"
      onSearch={(text) => show({ ...filter, text })}
      above={<UsageTabs />}
      actions={
        <Button kind="primary" onPress={() => setImporting(true)}>
          Import usage
        </Button>
      }
      filters={<UsageFilters filter={filter} plans={plans} onChange={show} />}
    >
      <UnconfirmedPrices />
      <TablePlace>
        <DataTable
          label="Usage"
          columns={columns}
          source={source}
          idOf={idOf}
          sort={sort}
          direction={direction}
          onSort={view.order}
          onOpen={open}
          onPeek={nothing}
          peeking={false}
          isFaint={(row) => row.state === 'unknown'}
          onTotal={setTotal}
          empty={
            <NoUsage
              filterWords={words}
              onClear={() => show(ALL_USAGE)}
              onImport={() => setImporting(true)}
            />
          }
        />
      </TablePlace>
      {importing ? <ImportSheet onClose={() => setImporting(false)} /> : null}
    </TablePage>
  );
}

interface NoUsageProps {
  filterWords: readonly string[];
  onClear: () => void;
  onImport: () => void;
}

function NoUsage({ filterWords, onClear, onImport }: NoUsageProps) {
  const host = useHost();
  const plans = useQuery(reads.plans(host));
  if (filterWords.length > 0) {
    return (
      <Empty
        title="No tenants pass the filter"
        why={filterWords.join(' · ')}
        action={<Button onPress={onClear}>Clear the filter</Button>}
      />
    );
  }
  const mapped = plans.data?.prices.some((price) => price.standing === 'confirmed');
  return (
    <Empty
      title="No usage is known yet"
      why={
        mapped
          ? 'No file of usage has been imported.'
          : 'No file of usage has been imported, and no price stands for a plan yet.'
      }
      action={
        <Button kind="primary" onPress={onImport}>
          Import usage
        </Button>
      }
    />
  );
}
