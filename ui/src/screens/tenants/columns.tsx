/** The columns of the tenants' table. */
import type { TenantRow, TenantSort } from '../../host/types';
import { Day, Money, MoreCurrencies } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import type { Column } from '../../table/DataTable';
import { countWords } from '../../words/numbers';
import { subscriptionState } from '../../words/states';
import styles from './Tenants.module.css';

export const TENANT_COLUMNS: readonly Column<TenantRow, TenantSort>[] = [
  {
    id: 'name',
    heading: 'Tenant',
    width: 'minmax(150px, 3fr)',
    sort: 'name',
    cell: (row) => (
      <span title={row.name} className={row.deleted ? styles.deleted : undefined}>
        {row.name}
      </span>
    ),
  },
  {
    id: 'tenant-id',
    heading: 'Tenant id',
    width: '72px',
    hideBelow: 960,
    cell: (row) => <span className={styles.secondary}>{row.tenantId ?? '–'}</span>,
  },
  {
    id: 'plan',
    heading: 'Plan',
    width: 'minmax(84px, 0.8fr)',
    sort: 'plan',
    cell: (row) => <span className={styles.secondary}>{row.plan ?? '–'}</span>,
  },
  {
    id: 'status',
    heading: 'State',
    width: '126px',
    cell: (row) => <Mark {...subscriptionState(row.status)} />,
  },
  {
    id: 'seats',
    heading: 'Seats',
    width: '52px',
    right: true,
    sort: 'seats',
    firstDirection: 'descending',
    cell: (row) => (row.seats === null ? '–' : countWords(row.seats)),
  },
  {
    id: 'mrr',
    heading: 'MRR',
    width: 'minmax(128px, 0.3fr)',
    right: true,
    sort: 'mrr',
    firstDirection: 'descending',
    cell: (row) => <Money amount={row.mrr} />,
  },
  {
    id: 'balance',
    heading: 'Balance',
    width: '96px',
    right: true,
    sort: 'balance',
    hideBelow: 860,
    cell: (row) => <Money amount={row.balance} />,
  },
  {
    id: 'past-due',
    heading: 'Past due',
    width: 'minmax(128px, 0.3fr)',
    right: true,
    sort: 'past_due',
    firstDirection: 'descending',
    cell: (row) => (
      <>
        <MoreCurrencies count={row.pastDueOtherCurrencies} />
        <Money amount={row.pastDue} alarming />
      </>
    ),
  },
  {
    id: 'created',
    heading: 'Since',
    width: '84px',
    right: true,
    sort: 'created',
    firstDirection: 'descending',
    hideBelow: 1180,
    cell: (row) => <Day at={row.created} />,
  },
];
