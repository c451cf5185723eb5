/** The way of an invoice's money: what each payment, refund and dispute moved at Stripe, Stripe's
 * fee on it, and the payout that took it to the bank. */
import type { Amount, BalanceEntryView, PayoutView } from '../../host/types';
import { Day, Id, Money } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { amountWords } from '../../words/amounts';
import { entryWords, payoutState } from '../../words/states';
import lists from '../Lists.module.css';
import styles from './Money.module.css';

/** Stripe keeps a fee as a positive amount; here it stands with what it does to the balance. */
const taken = (fee: Amount): Amount => ({ ...fee, minor: -fee.minor });

function Payout({
  payout,
  availableOn,
}: {
  payout: PayoutView | null;
  availableOn: number | null;
}) {
  if (payout === null) {
    return (
      <span className={lists.secondary}>
        {availableOn === null ? (
          'Not paid out yet'
        ) : (
          <>
            At Stripe until <Day at={availableOn} />
          </>
        )}
      </span>
    );
  }
  return (
    <>
      <span className={styles.payout} title={`${amountWords(payout.amount)} in all`}>
        <Mark {...payoutState(payout.status)} /> <Day at={payout.at} />
      </span>
      <div>
        <Id id={payout.id} short />
      </div>
    </>
  );
}

/** What came of all of it, where it is of one currency. */
function sumOf(entries: readonly BalanceEntryView[], part: (of: BalanceEntryView) => Amount) {
  return entries.map(part).reduce((sum, one) => ({ ...one, minor: sum.minor + one.minor }));
}

function Sum({ entries }: { entries: readonly BalanceEntryView[] }) {
  const currencies = new Set(entries.map(({ net }) => net.currency));
  if (entries.length < 2 || currencies.size > 1) return null;
  return (
    <tfoot className={styles.sum}>
      <tr>
        <th scope="row" colSpan={2}>
          In all
        </th>
        <td className={lists.right}>
          <Money amount={sumOf(entries, (one) => one.amount)} />
        </td>
        <td className={lists.right}>
          <Money amount={sumOf(entries, (one) => taken(one.fee))} />
        </td>
        <td className={lists.right}>
          <Money amount={sumOf(entries, (one) => one.net)} />
        </td>
        <td>after fees</td>
      </tr>
    </tfoot>
  );
}

export function ToTheBank({ entries }: { entries: readonly BalanceEntryView[] }) {
  return (
    <table className={lists.table}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Day</th>
          <th scope="col" className={lists.right}>
            Amount
          </th>
          <th scope="col" className={lists.right}>
            Stripe’s fee
          </th>
          <th scope="col" className={lists.right}>
            Net
          </th>
          <th scope="col">Payout</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((one) => (
          <tr key={one.id}>
            <td className={lists.fixed}>
              {entryWords(one.entryType, one.source)}
              <div>
                <Id id={one.source} short />
              </div>
            </td>
            <td className={lists.fixed}>
              <Day at={one.at} />
            </td>
            <td className={lists.right}>
              <Money amount={one.amount} />
              {one.exchangeRate === null ? null : (
                <div className={styles.under}>at {one.exchangeRate}</div>
              )}
            </td>
            <td className={lists.right}>
              <Money amount={taken(one.fee)} />
            </td>
            <td className={lists.right}>
              <Money amount={one.net} />
            </td>
            <td>
              <Payout payout={one.payout} availableOn={one.availableOn} />
            </td>
          </tr>
        ))}
      </tbody>
      <Sum entries={entries} />
    </table>
  );
}
