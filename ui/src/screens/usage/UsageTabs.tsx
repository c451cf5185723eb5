/** The faces of usage: tenant by tenant, all together, what came in. */
import { Link } from '@tanstack/react-router';
import styles from '../../parts/Tabs.module.css';

const TABS = [
  ['/usage', 'By tenant'],
  ['/usage/overview', 'All together'],
  ['/usage/imports', 'Imports'],
] as const;

export function UsageTabs() {
  return (
    <nav className={styles.tabs} aria-label="Parts of usage">
      {TABS.map(([to, words]) => (
        <Link
          key={to}
          to={to}
          className={styles.tab}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}
