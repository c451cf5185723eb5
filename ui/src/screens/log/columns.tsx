/** The columns of the log. */
import type { EventRow } from '../../host/types';
import { Mark } from '../../parts/Mark';
import type { Column } from '../../table/DataTable';
import { eventState } from '../../words/states';
import { byWords } from './events';
import { When } from './When';
import styles from './Log.module.css';

export const EVENT_COLUMNS: readonly Column<EventRow, 'created'>[] = [
  {
    id: 'created',
    heading: 'When',
    width: '112px',
    cell: (row) => <When at={row.created} />,
  },
  {
    id: 'words',
    heading: 'What',
    width: 'minmax(150px, 1.2fr)',
    cell: (row) => <span title={row.eventType}>{row.words}</span>,
  },
  {
    id: 'tenant',
    heading: 'Tenant',
    width: 'minmax(120px, 1.1fr)',
    cell: (row) => (
      <span className={styles.secondary} title={row.tenantName ?? undefined}>
        {row.tenantName ?? '–'}
      </span>
    ),
  },
  {
    id: 'changes',
    heading: 'Changed',
    width: 'minmax(160px, 2fr)',
    cell: (row) => (
      <span title={row.changes.join('\n')}>
        {row.changes.length === 0 ? <span className={styles.secondary}>–</span> : null}
        {row.changes.join(' · ')}
      </span>
    ),
  },
  {
    id: 'by',
    heading: 'By',
    width: '84px',
    cell: (row) => <span className={styles.secondary}>{byWords(row)}</span>,
  },
  {
    id: 'outcome',
    heading: 'Outcome',
    width: '124px',
    cell: (row) => <Mark {...eventState(row.outcome)} />,
  },
];
