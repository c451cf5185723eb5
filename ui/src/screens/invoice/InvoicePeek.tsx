/** An invoice beside the table. */
import { useQuery } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { Invoice, InvoiceRow } from '../../host/types';
import { Button } from '../../parts/Button';
import { Id, Money } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Peek } from '../../parts/Sheet';
import { Failed, Skeleton } from '../../parts/States';
import { countOf } from '../../words/numbers';
import { invoiceState } from '../../words/states';
import styles from './Invoice.module.css';

interface Props {
  row: InvoiceRow;
  onClose: () => void;
  onOpen: () => void;
}

const MOST_LINES = 8;

function PeekLines({ invoice }: { invoice: Invoice }) {
  const more = invoice.lines.length - MOST_LINES;
  return (
    <div className={styles.peekLines}>
      {invoice.lines.slice(0, MOST_LINES).map((line) => (
        <p key={line.id} className={styles.peekLine}>
          <span>{line.words}</span>
          <Money amount={line.amount} />
        </p>
      ))}
      {more > 0 ? <p className={styles.more}>and {countOf(more, 'line')} more</p> : null}
      {invoice.sums.map(([label, amount]) => (
        <p key={label} className={styles.peekSum}>
          <span>{label}</span>
          <Money amount={amount} strong={label === 'Total'} />
        </p>
      ))}
    </div>
  );
}

export function InvoicePeek({ row, onClose, onOpen }: Props) {
  const invoice = useQuery(reads.invoice(useHost(), row.id));
  return (
    <Peek title={row.number ?? 'Draft'} subtitle={row.tenant} onClose={onClose}>
      <span className={styles.state}>
        <Mark {...invoiceState(row.status, row.pastDue)} />
        <Id id={row.id} />
      </span>
      {invoice.error ? (
        <Failed error={asDeskError(invoice.error)} onRetry={() => void invoice.refetch()} small />
      ) : null}
      {invoice.isPending ? <Skeleton lines={5} /> : null}
      {invoice.data ? <PeekLines invoice={invoice.data} /> : null}
      <Button onPress={onOpen}>Open the invoice</Button>
    </Peek>
  );
}
