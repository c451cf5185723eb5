/** All invoices, with what they add up to. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { ALL_INVOICES } from '../../host/filters';
import type { Direction, InvoiceSort } from '../../host/types';
import { useShortcut } from '../../keys/useShortcut';
import { Button } from '../../parts/Button';
import { Page } from '../../parts/Page';
import { SearchBox } from '../../parts/SearchBox';
import { useTableView } from '../../table/useTableView';
import { countWords } from '../../words/numbers';
import { ExportSheet } from '../export/ExportSheet';
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
  const [exporting, setExporting] = useState(false);
  const choices = useQuery(reads.choices(host));
  const exponent = useExponent(filter.currencies);
  const words = invoiceFilterWords(filter, exponent);

  useShortcut('export', () => setExporting(true));

  return (
    <Page
      title="Invoices & credits"
      count={total === null ? undefined : countWords(total)}
      actions={
        <>
          <SearchBox
            label="Search invoices"
            value={filter.text}
            onSearch={(text) => show({ ...filter, text })}
          />
          <Button shortcut="e" onPress={() => setExporting(true)}>
            Export
          </Button>
        </>
      }
      below={
        <InvoiceFilters
          filter={filter}
          choices={choices.data}
          exponent={exponent}
          onChange={show}
        />
      }
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
      {exporting ? (
        <ExportSheet
          about="invoices"
          count={total ?? 0}
          filterWords={words}
          invoices={filter}
          onClose={() => setExporting(false)}
        />
      ) : null}
    </Page>
  );
}
