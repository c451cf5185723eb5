/** One tenant's invoices. */
import { useMemo, useState } from 'react';
import { ALL_INVOICES } from '../../host/filters';
import type { Direction, InvoiceSort } from '../../host/types';
import { OWN_INVOICE_COLUMNS } from '../invoices/columns';
import { InvoiceTable } from '../invoices/InvoiceTable';

interface Props {
  id: string;
  name: string;
}

interface Order {
  sort: InvoiceSort;
  direction: Direction;
}

const NEWEST: Order = { sort: 'finalized', direction: 'descending' };
const NO_WORDS: readonly string[] = [];

export function TenantInvoices({ id, name }: Props) {
  const [{ sort, direction }, setOrder] = useState(NEWEST);
  const filter = useMemo(() => ({ ...ALL_INVOICES, customer: id }), [id]);
  return (
    <InvoiceTable
      label={`Invoices of ${name}`}
      columns={OWN_INVOICE_COLUMNS}
      filter={filter}
      filterWords={NO_WORDS}
      sort={sort}
      direction={direction}
      onSort={(by, way) => setOrder({ sort: by, direction: way })}
      onClear={() => setOrder(NEWEST)}
    />
  );
}
