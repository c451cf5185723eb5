/** A tenant's headline figures. */
import type { Amount, TenantRow } from '../../host/types';
import { cx } from '../../parts/cx';
import { amountWords } from '../../words/amounts';
import { countOf, countWords } from '../../words/numbers';
import styles from './Tenant.module.css';

interface Props {
  row: TenantRow;
  open: readonly Amount[] | undefined;
  small?: boolean;
}

/** An amount of nothing, or nothing known: it recedes. */
const ZERO = /^(?:–|[^\d]*0(?:\.0+)?)$/;

interface FigureProps {
  label: string;
  value: string;
  alarming?: boolean;
  /** Currencies beside this one. */
  others?: number;
}

function Figure({ label, value, alarming, others = 0 }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd className={cx(alarming && styles.alarming, ZERO.test(value) && styles.zero)}>{value}</dd>
      {others > 0 ? (
        <dd className={styles.others}>+ {countOf(others, 'currency', 'currencies')}</dd>
      ) : null}
    </div>
  );
}

/** Stripe keeps a credit as a negative balance; people speak of the credit. */
function balanceOf(balance: Amount | null): { label: string; value: string } {
  if (!balance) return { label: 'Account credit', value: '–' };
  const label = balance.minor > 0 ? 'Owed from before' : 'Account credit';
  return { label, value: amountWords({ ...balance, minor: Math.abs(balance.minor) }) };
}

export function TenantFigures({ row, open, small }: Props) {
  const balance = balanceOf(row.balance);
  // "Nothing open" is an amount too, in the tenant's own currency.
  const none = row.mrr ? amountWords({ ...row.mrr, minor: 0 }) : '–';
  const openWords = open === undefined ? '–' : open.map(amountWords).join(' + ') || none;
  return (
    <dl className={cx(styles.figures, small && styles.smallFigures)}>
      <Figure label="MRR" value={row.mrr ? amountWords(row.mrr) : '–'} />
      <Figure label="Seats" value={row.seats === null ? '–' : countWords(row.seats)} />
      <Figure label="Open" value={openWords} />
      <Figure
        label="Past due"
        value={row.pastDue ? amountWords(row.pastDue) : none}
        alarming={(row.pastDue?.minor ?? 0) > 0}
        others={row.pastDueOtherCurrencies}
      />
      <Figure label={balance.label} value={balance.value} />
    </dl>
  );
}
