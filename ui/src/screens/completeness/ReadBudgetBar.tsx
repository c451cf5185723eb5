/** What was read at Stripe in 30 days, of what this account may read. */
import type { ReadBudget } from '../../host/types';
import { cx } from '../../parts/cx';
import { countOf, countWords, percentWords, spanWords } from '../../words/numbers';
import styles from './Completeness.module.css';

/** Used up so far that a person should know. */
export const isTight = ({ used30Days, allocation }: ReadBudget) => used30Days > allocation * 0.8;

export function ReadBudgetBar({ budget }: { budget: ReadBudget }) {
  const { used30Days, allocation, floor, transactions, proofsToday, pollSeconds } = budget;
  const share = allocation === 0 ? 0 : Math.min(100, (used30Days / allocation) * 100);
  return (
    <div className={styles.budget}>
      <div className={styles.budgetHead}>
        <span>Read budget, 30 days</span>
        <span className={styles.figures}>
          {countWords(used30Days)} of {countOf(allocation, 'read')} (
          {percentWords(used30Days, allocation)})
        </span>
      </div>
      <span className={styles.bar} aria-hidden>
        <span
          className={cx(styles.used, isTight(budget) && styles.tight)}
          style={{ width: `${share}%` }}
        />
      </span>
      <p className={styles.secondary}>
        {allocation > floor
          ? `500 for each of ${countOf(transactions, 'transaction')}.`
          : 'What Stripe guarantees every account.'}{' '}
        Today’s checks may still read {countWords(proofsToday)}; events are looked at every{' '}
        {spanWords(pollSeconds)}.
      </p>
    </div>
  );
}
