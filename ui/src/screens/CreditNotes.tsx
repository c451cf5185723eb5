/** Credit notes. */
import { Link } from '@tanstack/react-router';
import type { CreditNoteView } from '../host/types';
import { Day, Money } from '../parts/Figures';
import { Mark } from '../parts/Mark';
import { creditNoteState } from '../words/states';
import styles from './Lists.module.css';
import { TooMany } from './TooMany';

const REASONS: Readonly<Record<string, string>> = {
  duplicate: 'Billed twice',
  fraudulent: 'Fraud',
  order_change: 'The order changed',
  product_unsatisfactory: 'Not satisfied',
};

function why(note: CreditNoteView): string {
  const reason = note.reason ? (REASONS[note.reason] ?? note.reason) : null;
  return [reason, note.memo].filter(Boolean).join(': ');
}

export function CreditNotes({ notes }: { notes: CreditNoteView[] }) {
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Credit note</th>
            <th scope="col">Effective</th>
            <th scope="col">State</th>
            <th scope="col">Invoice</th>
            <th scope="col">Why</th>
            <th scope="col" className={styles.right}>
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {notes.map((note) => (
            <tr key={note.id}>
              <td className={styles.fixed}>{note.number}</td>
              <td className={styles.fixed}>
                <Day at={note.effectiveAt} />
              </td>
              <td className={styles.fixed}>
                <Mark {...creditNoteState(note.status)} />
              </td>
              <td className={styles.fixed}>
                <Link to="/invoices/$id" params={{ id: note.invoice }} className={styles.link}>
                  Show invoice
                </Link>
              </td>
              <td className={styles.secondary}>{why(note)}</td>
              <td className={styles.right}>
                <Money amount={note.total} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <TooMany count={notes.length} what="credit notes" />
    </>
  );
}
