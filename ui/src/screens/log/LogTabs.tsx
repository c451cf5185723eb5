/** The two faces of the log: all events, and what was changed elsewhere. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { countWords } from '../../words/numbers';
import tabs from '../../parts/Tabs.module.css';
import styles from './Log.module.css';

export function LogTabs() {
  const elsewhere = useQuery(reads.elsewhere(useHost(), null, null)).data;
  return (
    <nav className={tabs.tabs} aria-label="Parts of the log">
      <Link to="/log" className={tabs.tab} activeOptions={{ exact: true, includeSearch: false }}>
        All events
      </Link>
      <Link
        to="/log/elsewhere"
        className={tabs.tab}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        Changed elsewhere
        {elsewhere && elsewhere.unexplained > 0 ? (
          <span className={styles.open}>{countWords(elsewhere.unexplained)} unexplained</span>
        ) : null}
      </Link>
    </nav>
  );
}
