/** What happened last with a tenant: payments, credit notes and changes, newest first. */
import { useZone } from '../../app/reads';
import type { Tenant } from '../../host/types';
import { amountWords } from '../../words/amounts';
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

function happenings(tenant: Tenant): Happening[] {
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
  const changes = tenant.versions
    // A first version is no change.
    .filter((one) => one.version > 1 && one.changes.length > 0)
    .slice(0, MOST)
    .map((one) => ({
      key: `${one.object} ${one.version}`,
      at: one.seenAt,
      words: one.changes.join(', '),
    }));
  return [...payments, ...credits, ...changes].sort((a, b) => b.at - a.at).slice(0, MOST);
}

export function Recent({ tenant }: { tenant: Tenant }) {
  const zone = useZone();
  const list = happenings(tenant);
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
