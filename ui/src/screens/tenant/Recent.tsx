/** What happened last with a tenant: payments, refunds, credit notes and changes, newest first. */
import { useZone } from '../../app/reads';
import type { MovementView, Tenant } from '../../host/types';
import { amountWords } from '../../words/amounts';
import { disputeState } from '../../words/states';
import { dayWords, momentWords } from '../../words/times';
import styles from './Tenant.module.css';

interface Happening {
  key: string;
  at: number;
  words: string;
}

const MOST = 8;

function paymentWords(outcome: string, amount: string, number: string | null): string {
  const what = number ? `invoice ${number}` : 'a payment';
  if (outcome === 'succeeded' || outcome === 'out_of_band') return `Paid ${amount}, ${what}`;
  if (outcome === 'failed') return `Payment of ${amount} failed, ${what}`;
  return `Payment of ${amount} ${outcome}, ${what}`;
}

function backWords({ kind, amount, status }: MovementView): string {
  const sum = amount ? amountWords(amount) : 'a payment';
  if (kind === 'dispute') return `Dispute of ${sum}, ${disputeState(status ?? '').words}`;
  return status === 'failed' ? `Refund of ${sum} came back` : `Refunded ${sum}`;
}

function happenings(tenant: Tenant, givenBack: readonly MovementView[]): Happening[] {
  const payments = tenant.payments.slice(0, MOST).map((one) => ({
    key: one.id,
    at: one.at,
    words: paymentWords(one.outcome, amountWords(one.amount), one.invoiceNumber),
  }));
  const credits = tenant.creditNotes.slice(0, MOST).map((one) => ({
    key: one.id,
    at: one.effectiveAt,
    words: `Credit note ${one.number}, ${amountWords(one.total)}`,
  }));
  const back = givenBack
    .slice(0, MOST)
    .map((one) => ({ key: one.id, at: one.at, words: backWords(one) }));
  const changes = tenant.versions
    // A first version is no change.
    .filter((one) => one.version > 1 && one.changes.length > 0)
    .slice(0, MOST)
    .map((one) => ({
      key: `${one.object} ${one.version}`,
      at: one.seenAt,
      words: one.changes.join(', '),
    }));
  const all = [...payments, ...credits, ...back, ...changes];
  return all.sort((a, b) => b.at - a.at).slice(0, MOST);
}

interface Props {
  tenant: Tenant;
  givenBack: readonly MovementView[];
}

export function Recent({ tenant, givenBack }: Props) {
  const zone = useZone();
  const list = happenings(tenant, givenBack);
  if (list.length === 0) return null;
  return (
    <section className={styles.recent} aria-label="Recent">
      <h2>Recent</h2>
      <ol>
        {list.map((one) => (
          <li key={one.key}>
            <time title={momentWords(one.at, zone)}>{dayWords(one.at, zone)}</time>
            <span data-copyable>{one.words}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
