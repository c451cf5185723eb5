/** The columns of the invoices' table. */
import type { InvoiceRow, InvoiceSort } from '../../host/types';
import { Day, Money } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import type { Column } from '../../table/DataTable';
import { invoiceState } from '../../words/states';
import styles from './Invoices.module.css';

type InvoiceColumn = Column<InvoiceRow, InvoiceSort>;

const TENANT: InvoiceColumn = {
  id: 'tenant',
  heading: 'Tenant',
  width: 'minmax(140px, 3fr)',
  sort: 'tenant',
  cell: (row) => <span title={row.tenant}>{row.tenant}</span>,
};

const OTHERS: readonly InvoiceColumn[] = [
  {
    id: 'status',
    heading: 'State',
    width: '100px',
    sort: 'status',
    cell: (row) => <Mark {...invoiceState(row.status, row.pastDue)} />,
  },
  {
    id: 'plan',
    heading: 'Plan',
    width: 'minmax(84px, 0.7fr)',
    hideBelow: 960,
    cell: (row) => <span className={styles.secondary}>{row.plan ?? '–'}</span>,
  },
  {
    id: 'finalized',
    heading: 'Finalised',
    width: '86px',
    right: true,
    sort: 'finalized',
    firstDirection: 'descending',
    cell: (row) => <Day at={row.finalizedAt} />,
  },
  {
    id: 'due',
    heading: 'Due',
    width: '86px',
    right: true,
    sort: 'due',
    firstDirection: 'descending',
    hideBelow: 860,
    cell: (row) => <Day at={row.dueAt} />,
  },
  {
    id: 'total',
    heading: 'Total',
    width: 'minmax(128px, 0.3fr)',
    right: true,
    sort: 'total',
    firstDirection: 'descending',
    cell: (row) => <Money amount={row.total} />,
  },
  {
    id: 'remaining',
    heading: 'Remaining',
    width: 'minmax(128px, 0.3fr)',
    right: true,
    sort: 'remaining',
    firstDirection: 'descending',
    cell: (row) => <Money amount={row.remaining} alarming={row.pastDue} />,
  },
];

const NUMBER: InvoiceColumn = {
  id: 'number',
  heading: 'Invoice',
  width: 'minmax(112px, 0.8fr)',
  sort: 'number',
  cell: (row) => row.number ?? <span className={styles.secondary}>Draft</span>,
};

export const INVOICE_COLUMNS: readonly InvoiceColumn[] = [NUMBER, TENANT, ...OTHERS];
/** On a tenant's page, where the tenant is known. */
export const OWN_INVOICE_COLUMNS: readonly InvoiceColumn[] = [NUMBER, ...OTHERS];
