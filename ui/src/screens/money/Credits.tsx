/** What moved a tenant's account balance and its credits, and the codes that are its own. */
import { useZone } from '../../app/reads';
import type { MovementView } from '../../host/types';
import { Day, Id, Money } from '../../parts/Figures';
import { cx } from '../../parts/cx';
import { Mark } from '../../parts/Mark';
import { movedWords } from '../../words/states';
import { dayWords } from '../../words/times';
import lists from '../Lists.module.css';
import { TooMany } from '../TooMany';
import { InvoiceLink } from './GivenBack';
import styles from './Money.module.css';

interface Props {
  movements: readonly MovementView[];
  withInvoice?: boolean;
}

/** Stripe keeps a credit on the balance as a negative amount; people speak of the credit. */
const asCredit = ({ kind, amount }: MovementView) =>
  amount && kind === 'balance' ? { ...amount, minor: -amount.minor } : amount;

function About({ movement }: { movement: MovementView }) {
  const zone = useZone();
  const until = movement.until === null ? null : `expires ${dayWords(movement.until, zone)}`;
  return [movement.words, until].filter(Boolean).join(', ');
}

/** Entries of the account balance, or grants and uses of credits. */
export function Entries({ movements, withInvoice }: Props) {
  return (
    <>
      <table className={cx(lists.table, styles.entries)}>
        <thead>
          <tr>
            <th scope="col" className={styles.day}>
              Day
            </th>
            <th scope="col" className={styles.what}>
              What
            </th>
            <th scope="col">About</th>
            {withInvoice ? (
              <th scope="col" className={styles.invoice}>
                Invoice
              </th>
            ) : null}
            <th scope="col" className={styles.id}>
              Stripe’s id
            </th>
            <th scope="col" className={cx(lists.right, styles.sum)}>
              Credit
            </th>
          </tr>
        </thead>
        <tbody>
          {movements.map((one) => (
            <tr key={one.id}>
              <td className={lists.fixed}>
                <Day at={one.at} />
              </td>
              <td>{movedWords(one.status ?? 'adjustment')}</td>
              <td className={lists.secondary}>
                <About movement={one} />
              </td>
              {withInvoice ? (
                <td className={lists.fixed}>
                  <InvoiceLink movement={one} />
                </td>
              ) : null}
              <td className={lists.fixed}>
                <Id id={one.id} short />
              </td>
              <td className={lists.right}>
                <Money amount={asCredit(one)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <TooMany count={movements.length} what="entries" />
    </>
  );
}

/** Promotion codes that only this tenant may use. */
export function Codes({ movements }: { movements: readonly MovementView[] }) {
  return (
    <table className={lists.table}>
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col">State</th>
          <th scope="col">Made</th>
          <th scope="col">Expires</th>
          <th scope="col">Stripe’s id</th>
        </tr>
      </thead>
      <tbody>
        {movements.map((one) => (
          <tr key={one.id}>
            <td>{one.words}</td>
            <td className={lists.fixed}>
              {one.status === 'active' ? (
                <Mark words="Can be used" meaning="within" />
              ) : (
                <Mark words="Ended" meaning="off" />
              )}
            </td>
            <td className={lists.fixed}>
              <Day at={one.at} />
            </td>
            <td className={lists.fixed}>
              <Day at={one.until} />
            </td>
            <td className={lists.fixed}>
              <Id id={one.id} short />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
