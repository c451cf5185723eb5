/** Totals per currency of what is filtered: drafts left out, what is written off and void apart. */
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import type { InvoiceFilter, InvoiceTotals } from '../../host/types';
import { Money } from '../../parts/Figures';
import { amountsWords, amountWords } from '../../words/amounts';
import { countOf, countWords } from '../../words/numbers';
import styles from './Invoices.module.css';

const sumOf = (totals: readonly InvoiceTotals[], part: (one: InvoiceTotals) => number) =>
  totals.reduce((sum, one) => sum + part(one), 0);

function TotalsTable({ totals }: { totals: readonly InvoiceTotals[] }) {
  return (
    <table className={styles.totals}>
      <thead>
        <tr>
          <th scope="col">Currency</th>
          <th scope="col">Invoices</th>
          <th scope="col">Total</th>
          <th scope="col">Paid</th>
          <th scope="col">Remaining</th>
          <th scope="col" title="Part of what remains: invoices marked uncollectible">
            Of it written off
          </th>
          <th scope="col">Void, apart</th>
        </tr>
      </thead>
      <tbody>
        {totals.map((one) => (
          <tr key={one.currency}>
            <td>{one.currency}</td>
            <td>{countWords(one.invoices)}</td>
            <td>
              <Money amount={one.total} strong />
            </td>
            <td>
              <Money amount={one.paid} />
            </td>
            <td>
              <Money amount={one.remaining} />
            </td>
            <td className={styles.secondary}>
              {one.writtenOff.minor === 0 ? '–' : <Money amount={one.writtenOff} />}
            </td>
            <td className={styles.secondary}>
              {one.voidInvoices === 0
                ? '–'
                : `${countWords(one.voidInvoices)}, ${amountWords(one.voidTotal)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Totals({ filter }: { filter: InvoiceFilter }) {
  const totals = useQuery(reads.invoiceTotals(useHost(), filter)).data;
  const [open, setOpen] = useState(true);
  if (!totals || totals.length === 0) return null;
  const drafts = sumOf(totals, (one) => one.drafts);
  const Icon = open ? ChevronDown : ChevronUp;
  return (
    <section className={styles.totalsPlace} aria-label="Totals of what is filtered">
      <button
        type="button"
        className={styles.totalsHead}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon size={14} aria-hidden />
        <span className={styles.totalsTitle}>
          Totals of{' '}
          {countOf(
            sumOf(totals, (one) => one.invoices),
            'invoice',
          )}
        </span>
        {open ? null : (
          <span className={styles.totalsShort}>{amountsWords(totals.map((one) => one.total))}</span>
        )}
        {drafts > 0 ? (
          <span className={styles.secondary}>{countOf(drafts, 'draft')} left out</span>
        ) : null}
      </button>
      {open ? <TotalsTable totals={totals} /> : null}
    </section>
  );
}
