/** The columns of the table of use against allowances. */
import type { UsageRow, UsageSort } from '../../host/types';
import { Mark } from '../../parts/Mark';
import type { Column } from '../../table/DataTable';
import { planWords, quantityWords, rowState, shareWords } from '../../words/usage';
import { UsageBar } from './UsageBar';
import styles from './Usage.module.css';

/** The columns, with the plans' names as the catalogue has them. */
export function usageColumns(
  plans: ReadonlyMap<string, string>,
): readonly Column<UsageRow, UsageSort>[] {
  return [
    {
      id: 'name',
      heading: 'Tenant',
      width: 'minmax(150px, 2fr)',
      sort: 'name',
      cell: (row) => <span title={row.name}>{row.name}</span>,
    },
    {
      id: 'plan',
      heading: 'Plan',
      width: '112px',
      sort: 'plan',
      cell: (row) => <span className={styles.secondary}>{planWords(row.plan, plans)}</span>,
    },
    {
      id: 'bar',
      heading: 'AI credits this period',
      width: 'minmax(120px, 1.2fr)',
      hideBelow: 760,
      cell: (row) => <UsageBar basisPoints={row.basisPoints} state={row.state} />,
    },
    {
      id: 'percent',
      heading: 'Share',
      width: '68px',
      right: true,
      sort: 'percent',
      firstDirection: 'descending',
      cell: (row) => shareWords(row.basisPoints),
    },
    {
      id: 'used',
      heading: 'Used',
      width: 'minmax(80px, 0.5fr)',
      right: true,
      sort: 'used',
      firstDirection: 'descending',
      cell: (row) => quantityWords(row.used),
    },
    {
      id: 'allowance',
      heading: 'Allowance',
      width: 'minmax(80px, 0.5fr)',
      right: true,
      cell: (row) => (
        <span className={styles.secondary}>
          {row.unlimited ? 'no limit' : quantityWords(row.allowance)}
        </span>
      ),
    },
    {
      id: 'state',
      heading: 'State',
      width: 'minmax(176px, 0.8fr)',
      sort: 'state',
      firstDirection: 'descending',
      cell: (row) => <Mark {...rowState(row)} />,
    },
    {
      id: 'remaining',
      heading: 'Left',
      width: 'minmax(80px, 0.4fr)',
      right: true,
      sort: 'remaining',
      hideBelow: 960,
      cell: (row) => quantityWords(row.remaining),
    },
  ];
}
