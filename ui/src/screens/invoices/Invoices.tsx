/** All invoices, with what they add up to. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { ALL_INVOICES } from '../../host/filters';
import type { Direction, InvoiceSort } from '../../host/types';
import { TablePage } from '../TablePage';
import { useTableView } from '../../table/useTableView';
import { INVOICE_COLUMNS } from './columns';
import { InvoiceFilters, invoiceFilterWords } from './InvoiceFilters';
import { InvoiceTable } from './InvoiceTable';

const route = getRouteApi('/invoices');
const USUAL = {
  filter: ALL_INVOICES,
  sort: 'finalized' as InvoiceSort,
  direction: 'descending' as Direction,
};

/** The decimals of the one currency that is filtered, from its own totals. */
function useExponent(currencies: readonly string[]): number | null {
  const [currency, ...others] = currencies;
  const one = currency !== undefined && others.length === 0;
  const totals = useQuery({
    ...reads.invoiceTotals(useHost(), { ...ALL_INVOICES, currencies: [...currencies] }),
    enabled: one,
  }).data;
  return totals?.find((sum) => sum.currency === currency)?.total.exponent ?? null;
}

export function Invoices() {
  const host = useHost();
  const navigate = useNavigate();
  const search = route.useSearch();
  const view = useTableView(search, USUAL, (next) =>
    navigate({ to: '/invoices', search: next, replace: true }),
  );
  const { filter, sort, direction, show } = view;
  const [total, setTotal] = useState<number | null>(null);
  const choices = useQuery(reads.choices(host));
  const exponent = useExponent(filter.currencies);
  const words = invoiceFilterWords(filter, exponent);

  return (
    <TablePage
      title="Invoices & credits"
      total={total}
      text={filter.text}
      searchLabel="Search invoices"
      onSearch={(text) => show({ ...filter, text })}
      filters={
        <InvoiceFilters
          filter={filter}
          choices={choices.data}
          exponent={exponent}
          onChange={show}
        />
      }
      exported={{ about: 'invoices', filterWords: words, invoices: filter }}
    >
      <InvoiceTable
        label="Invoices"
        columns={INVOICE_COLUMNS}
        filter={filter}
        filterWords={words}
        sort={sort}
        direction={direction}
        onSort={view.order}
        onClear={() => show(ALL_INVOICES)}
        onTotal={setTotal}
      />
    </TablePage>
  );
}
