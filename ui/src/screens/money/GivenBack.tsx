/** Refunds and disputes, newest first: what was given back or is asked back, why, and until when
 * an answer is due. */
import { Link } from '@tanstack/react-router';
import { useNow } from '../../app/host';
import { useZone } from '../../app/reads';
import type { MovementView } from '../../host/types';
import { Day, Id, Money } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { disputeState, refundState } from '../../words/states';
import { dayWords } from '../../words/times';
import lists from '../Lists.module.css';
import { TooMany } from '../TooMany';

export const isGivenBack = ({ kind }: MovementView) => kind === 'refund' || kind === 'dispute';

const ASKS = new Set(['needs_response', 'warning_needs_response']);

/** "Answer by 20 Nov 2026", "Evidence was given", "No answer was given". */
function deadlineWords(one: MovementView, now: number, zone: string): string | null {
  if (one.kind !== 'dispute') return null;
  if (one.answered === true) return 'Evidence was given';
  if (one.until === null) return null;
  if (!ASKS.has(one.status ?? '')) return 'No evidence was given';
  const day = dayWords(one.until, zone);
  return one.until < now ? `The answer was due on ${day}` : `Answer by ${day}`;
}

function Why({ movement }: { movement: MovementView }) {
  const words = [movement.words, deadlineWords(movement, useNow(), useZone())];
  return words.filter(Boolean).join('. ');
}

interface Props {
  movements: readonly MovementView[];
  /** On a tenant's page each says of which invoice it is, and its id: there is room. */
  withInvoice?: boolean;
}

export function GivenBack({ movements, withInvoice }: Props) {
  return (
    <>
      <table className={lists.table}>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">What</th>
            <th scope="col">State</th>
            {withInvoice ? <th scope="col">Invoice</th> : null}
            <th scope="col">Why</th>
            {withInvoice ? <th scope="col">Stripe’s id</th> : null}
            <th scope="col" className={lists.right}>
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {movements.map((one) => (
            <tr key={one.id}>
              <td className={lists.fixed}>
                <Day at={one.at} />
              </td>
              <td className={lists.fixed} title={one.id}>
                {one.kind === 'refund' ? 'Refund' : 'Dispute'}
              </td>
              <td className={lists.fixed}>
                <Mark
                  {...(one.kind === 'refund' ? refundState : disputeState)(one.status ?? '–')}
                />
              </td>
              {withInvoice ? (
                <td className={lists.fixed}>
                  <InvoiceLink movement={one} />
                </td>
              ) : null}
              <td className={lists.secondary}>
                <Why movement={one} />
              </td>
              {withInvoice ? (
                <td className={lists.fixed}>
                  <Id id={one.id} short />
                </td>
              ) : null}
              <td className={lists.right}>
                <Money amount={one.amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <TooMany count={movements.length} what="refunds and disputes" />
    </>
  );
}

export function InvoiceLink({ movement }: { movement: MovementView }) {
  if (movement.invoice === null) return <span className={lists.secondary}>–</span>;
  return (
    <Link to="/invoices/$id" params={{ id: movement.invoice }} className={lists.link}>
      {movement.invoiceNumber ?? 'Draft'}
    </Link>
  );
}
