/** Invoices by rank, with peek, selection and totals: on their own screen and on a tenant's. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useHost } from '../../app/host';
import { useStatus } from '../../app/reads';
import type { Direction, InvoiceFilter, InvoiceRow, InvoiceSort } from '../../host/types';
import { useShortcut } from '../../keys/useShortcut';
import { type Column, DataTable } from '../../table/DataTable';
import { SelectionBar } from '../../table/SelectionBar';
import { TablePlace } from '../TablePage';
import { amountWords } from '../../words/amounts';
import { InvoicePeek } from '../invoice/InvoicePeek';
import { NothingLoaded } from '../NothingLoaded';
import { Totals } from './Totals';

interface Props {
  label: string;
  columns: readonly Column<InvoiceRow, InvoiceSort>[];
  filter: InvoiceFilter;
  /** The filter in words; empty when everything passes. */
  filterWords: readonly string[];
  sort: InvoiceSort;
  direction: Direction;
  onSort: (sort: InvoiceSort, direction: Direction) => void;
  onClear: () => void;
  onTotal?: (total: number) => void;
}

const NONE: ReadonlyMap<string, InvoiceRow> = new Map();
const idOf = (row: InvoiceRow) => row.id;
const lineOf = (row: InvoiceRow) =>
  [
    row.number ?? '',
    row.id,
    row.tenant,
    row.status,
    amountWords(row.total),
    amountWords(row.remaining),
  ].join('\t');

export function InvoiceTable(props: Props) {
  const { filter, sort, direction, filterWords } = props;
  const host = useHost();
  const navigate = useNavigate();
  const status = useStatus();
  const [peeked, setPeeked] = useState<InvoiceRow | null>(null);
  const [selected, setSelected] = useState(NONE);
  const key = JSON.stringify(filter);
  const [keyBefore, setKeyBefore] = useState(key);
  if (keyBefore !== key) {
    setKeyBefore(key);
    setSelected(NONE);
    setPeeked(null);
  }
  const source = useMemo(
    () => ({
      key: ['invoices', filter, sort, direction],
      page: (first: number, count: number) =>
        host.invoices({ filter, sort, direction, first, count }),
    }),
    [host, filter, sort, direction],
  );
  const open = useCallback(
    (row: InvoiceRow) => void navigate({ to: '/invoices/$id', params: { id: row.id } }),
    [navigate],
  );
  useShortcut('back', () => setSelected(NONE), selected.size > 0);
  return (
    <TablePlace>
      <DataTable
        label={props.label}
        columns={props.columns}
        source={source}
        idOf={idOf}
        sort={sort}
        direction={direction}
        onSort={props.onSort}
        onOpen={open}
        onPeek={setPeeked}
        peeking={peeked !== null}
        selected={selected}
        onSelect={setSelected}
        isFaint={(row) => row.status === 'void' || row.status === 'draft'}
        {...(props.onTotal ? { onTotal: props.onTotal } : {})}
        empty={
          <NothingLoaded
            what="invoices"
            status={status}
            filterWords={filterWords}
            onClear={props.onClear}
          />
        }
      />
      <SelectionBar
        rows={[...selected.values()]}
        one="invoice"
        many="invoices"
        amount={{ name: 'Total', of: (row) => row.total }}
        line={lineOf}
        onClear={() => setSelected(NONE)}
      />
      <Totals filter={filter} />
      {peeked ? (
        <InvoicePeek row={peeked} onClose={() => setPeeked(null)} onOpen={() => open(peeked)} />
      ) : null}
    </TablePlace>
  );
}
