/** Payment attempts, newest first. */
import { Link } from '@tanstack/react-router';
import type { PaymentView } from '../host/types';
import { Day, Money } from '../parts/Figures';
import { Mark } from '../parts/Mark';
import { Empty } from '../parts/States';
import { paymentState } from '../words/states';
import styles from './Lists.module.css';
import { TooMany } from './TooMany';

interface Props {
  payments: PaymentView[];
  /** On a tenant's page each attempt says for which invoice. */
  withInvoice?: boolean;
}

export function Payments({ payments, withInvoice }: Props) {
  if (payments.length === 0) {
    return <Empty title="No payments" why="Nothing was tried or paid yet." />;
  }
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Outcome</th>
            {withInvoice ? <th scope="col">Invoice</th> : null}
            <th scope="col">By</th>
            <th scope="col">Why</th>
            <th scope="col" className={styles.right}>
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {payments.map((payment) => (
            <tr key={payment.id}>
              <td className={styles.fixed}>
                <Day at={payment.at} />
              </td>
              <td className={styles.fixed}>
                <Mark {...paymentState(payment.outcome)} />
              </td>
              {withInvoice ? (
                <td className={styles.fixed}>
                  {payment.invoice ? (
                    <Link
                      to="/invoices/$id"
                      params={{ id: payment.invoice }}
                      className={styles.link}
                    >
                      {payment.invoiceNumber ?? 'Draft'}
                    </Link>
                  ) : (
                    <span className={styles.secondary}>–</span>
                  )}
                </td>
              ) : null}
              <td className={styles.fixed}>{payment.method ?? '–'}</td>
              <td className={styles.secondary}>{payment.reason ?? ''}</td>
              <td className={styles.right}>
                <Money amount={payment.amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <TooMany count={payments.length} what="payments" />
    </>
  );
}
