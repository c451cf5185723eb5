/** Says that prices stand for no confirmed plan, and leads to where they are confirmed. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { Note } from '../../parts/States';
import { countOf } from '../../words/numbers';
import styles from './Usage.module.css';

export function UnconfirmedPrices() {
  const count = useQuery(reads.plans(useHost())).data?.unconfirmed ?? 0;
  if (count === 0) return null;
  return (
    <div className={styles.said}>
      <Note meaning="near">
        {countOf(count, 'price')} that subscriptions hold {count === 1 ? 'stands' : 'stand'} for no
        confirmed plan, so the allowances behind {count === 1 ? 'it' : 'them'} are not known.{' '}
        <Link to="/settings">Confirm what prices stand for</Link>
      </Note>
    </div>
  );
}
