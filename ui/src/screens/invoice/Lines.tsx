/** The lines of an invoice, in words, and what they add up to. */
import type { Invoice } from '../../host/types';
import { cx } from '../../parts/cx';
import { Money } from '../../parts/Figures';
import { unitPriceWords } from '../../words/amounts';
import lists from '../Lists.module.css';
import styles from './Invoice.module.css';

/** Sums that stand out: what the invoice is about. */
const STRONG = new Set(['Total', 'Remaining']);

export function Lines({ invoice }: { invoice: Invoice }) {
  return (
    <table className={lists.table}>
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col" className={lists.right}>
            Quantity
          </th>
          <th scope="col" className={lists.right}>
            Unit price
          </th>
          <th scope="col" className={lists.right}>
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        {invoice.lines.map((line) => (
          <tr key={line.id}>
            <td>
              {line.words}
              {line.description && line.description !== line.words ? (
                <div className={styles.description}>{line.description}</div>
              ) : null}
            </td>
            <td className={lists.right}>{line.quantity ?? '–'}</td>
            <td className={lists.right}>
              {line.unitPrice ? unitPriceWords(line.unitPrice, line.amount) : '–'}
            </td>
            <td className={lists.right}>
              <Money amount={line.amount} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot className={styles.sums}>
        {invoice.sums.map(([label, amount]) => (
          <tr key={label} className={cx(STRONG.has(label) && styles.strong)}>
            <th scope="row" colSpan={3} className={lists.right}>
              {label}
            </th>
            <td className={lists.right}>
              <Money amount={amount} alarming={label === 'Remaining' && invoice.row.pastDue} />
            </td>
          </tr>
        ))}
      </tfoot>
    </table>
  );
}
