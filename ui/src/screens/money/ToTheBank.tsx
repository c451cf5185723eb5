/** The way of an invoice's money, step by step: what each payment, refund and dispute moved at
 * Stripe, Stripe's fee on it, and the payout that took it to the bank. */
import type { Amount, BalanceEntryView } from '../../host/types';
import { cx } from '../../parts/cx';
import { Day, Id, Money } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { amountWords } from '../../words/amounts';
import { entryWords, payoutState } from '../../words/states';
import lists from '../Lists.module.css';
import styles from './Money.module.css';

/** Stripe keeps a fee as a positive amount; here it stands with what it does to the balance. */
const taken = (fee: Amount): Amount => ({ ...fee, minor: -fee.minor });

function Fee({ entry }: { entry: BalanceEntryView }) {
  if (entry.fee.minor === 0) return null;
  return (
    <>
      <tr>
        <td className={styles.step} colSpan={2}>
          Stripe’s fee
        </td>
        <td>
          <Id id={entry.id} short />
        </td>
        <td className={lists.right}>
          <Money amount={taken(entry.fee)} />
        </td>
      </tr>
      <tr>
        <td className={styles.step} colSpan={3}>
          Net
        </td>
        <td className={lists.right}>
          <Money amount={entry.net} />
        </td>
      </tr>
    </>
  );
}

function Payout({ entry }: { entry: BalanceEntryView }) {
  const { payout, availableOn } = entry;
  if (payout === null) {
    return (
      <tr className={styles.last}>
        <td className={styles.step}>
          {availableOn === null ? 'No payout known yet' : 'At Stripe until'}
        </td>
        <td colSpan={3}>{availableOn === null ? null : <Day at={availableOn} />}</td>
      </tr>
    );
  }
  return (
    <tr className={styles.last}>
      <td className={styles.step}>
        <Mark {...payoutState(payout.status)} />
      </td>
      <td className={lists.fixed}>
        <Day at={payout.at} />
      </td>
      <td>
        <Id id={payout.id} short />
      </td>
      <td className={cx(lists.right, styles.quiet)}>with {amountWords(payout.amount)}</td>
    </tr>
  );
}

function Entry({ entry }: { entry: BalanceEntryView }) {
  return (
    <tbody>
      <tr>
        <td className={lists.fixed}>{entryWords(entry.entryType, entry.source)}</td>
        <td className={lists.fixed}>
          <Day at={entry.at} />
        </td>
        <td>
          <Id id={entry.source} short />
        </td>
        <td className={lists.right}>
          {entry.exchangeRate === null ? null : (
            <span className={styles.quiet}>at {entry.exchangeRate} </span>
          )}
          <Money amount={entry.amount} />
        </td>
      </tr>
      <Fee entry={entry} />
      <Payout entry={entry} />
    </tbody>
  );
}

/** What came of all of it, where it is of one currency. */
function Sum({ entries }: { entries: readonly BalanceEntryView[] }) {
  const currencies = new Set(entries.map(({ net }) => net.currency));
  if (entries.length < 2 || currencies.size > 1) return null;
  const sum = entries
    .map(({ net }) => net)
    .reduce((all, one) => ({ ...one, minor: all.minor + one.minor }));
  return (
    <tfoot>
      <tr className={styles.all}>
        <th scope="row" colSpan={3}>
          In all, after fees
        </th>
        <td className={lists.right}>
          <Money amount={sum} strong />
        </td>
      </tr>
    </tfoot>
  );
}

export function ToTheBank({ entries }: { entries: readonly BalanceEntryView[] }) {
  return (
    <table className={cx(lists.table, styles.way)}>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Day</th>
          <th scope="col">Stripe’s id</th>
          <th scope="col" className={lists.right}>
            Amount
          </th>
        </tr>
      </thead>
      {entries.map((one) => (
        <Entry key={one.id} entry={one} />
      ))}
      <Sum entries={entries} />
    </table>
  );
}
