/** The first screen: what wants a decision, the figures, the months, the plans. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useHost, useNow } from '../../app/host';
import { reads, useStatus, useZone } from '../../app/reads';
import { invoicesSearch, tenantsSearch } from '../../app/search';
import { asDeskError } from '../../host/errors';
import type { Attention, Figure, MonthRow, Overview as Answer, PlanRow } from '../../host/types';
import { cx } from '../../parts/cx';
import { Money } from '../../parts/Figures';
import { Shape } from '../../parts/Mark';
import { Page, PageBody } from '../../parts/Page';
import { Failed, Skeleton } from '../../parts/States';
import { amountWords } from '../../words/amounts';
import { countOf, countWords, percentWords } from '../../words/numbers';
import type { Meaning } from '../../words/states';
import { asOfWords, isoDay, monthWords } from '../../words/times';
import { NothingLoaded } from '../NothingLoaded';
import styles from './Overview.module.css';

const DAY_SECONDS = 86_400;

/** Credit invoices lower what was invoiced and are never paid: shares are of what was asked. */
const asked = (row: MonthRow) => row.paid.minor + row.remaining.minor;

const MEANINGS: Readonly<Record<string, Meaning>> = {
  past_due: 'over',
  payment_failed: 'over',
  uncollectible: 'over',
  list_refused: 'over',
};

function AttentionLine({ item }: { item: Attention }) {
  const { link } = item;
  const inside = (
    <>
      <span className={styles.shape}>
        <Shape meaning={MEANINGS[item.code] ?? 'near'} />
      </span>
      <span className={styles.what}>
        <span className={styles.headline}>{item.title}</span>
        <span className={styles.detail}>{item.detail}</span>
      </span>
      <span className={styles.amounts}>
        {item.amounts.slice(0, 3).map((amount) => (
          <span key={amount.currency}>{amountWords(amount)}</span>
        ))}
        {item.amounts.length > 3 ? (
          <span title={item.amounts.slice(3).map(amountWords).join(' + ')}>
            + {countOf(item.amounts.length - 3, 'currency', 'currencies')}
          </span>
        ) : null}
      </span>
      <ChevronRight size={14} aria-hidden className={styles.chevron} />
    </>
  );
  if (link.screen === 'tenants') {
    return (
      <Link to="/tenants" search={tenantsSearch({ ...link })} className={styles.attention}>
        {inside}
      </Link>
    );
  }
  if (link.screen === 'invoices') {
    return (
      <Link to="/invoices" search={invoicesSearch({ ...link })} className={styles.attention}>
        {inside}
      </Link>
    );
  }
  return (
    <Link to="/settings" className={styles.attention}>
      {inside}
    </Link>
  );
}

function AttentionList({ items }: { items: Attention[] }) {
  if (items.length === 0) {
    return (
      <p className={styles.calm}>
        <Shape meaning="done" /> Nothing needs a decision.
      </p>
    );
  }
  return (
    <ul>
      {items.map((item) => (
        <li key={`${item.code} ${item.title}`}>
          <AttentionLine item={item} />
        </li>
      ))}
    </ul>
  );
}

function Headline({ figure }: { figure: Figure }) {
  const [first, ...others] = figure.amounts;
  const alarming = figure.label === 'Past due' && first !== undefined && first.minor > 0;
  return (
    <div className={styles.figure}>
      <dt title={figure.explanation}>{figure.label}</dt>
      <dd className={cx(styles.big, alarming && styles.alarming)}>
        {first ? amountWords(first) : '–'}
      </dd>
      {others.slice(0, 4).map((amount) => (
        <dd key={amount.currency} className={styles.other}>
          {amountWords(amount)}
        </dd>
      ))}
    </div>
  );
}

function Currencies(props: { all: string[]; chosen: string; onChoose: (code: string) => void }) {
  if (props.all.length < 2) return null;
  return (
    <div className={styles.currencies} role="group" aria-label="Currency">
      {props.all.map((code) => (
        <button
          key={code}
          type="button"
          aria-pressed={code === props.chosen}
          onClick={() => props.onChoose(code)}
        >
          {code}
        </button>
      ))}
    </div>
  );
}

function Months({ months }: { months: MonthRow[] }) {
  const counts = new Map<string, number>();
  for (const { invoiced, invoices } of months) {
    counts.set(invoiced.currency, (counts.get(invoiced.currency) ?? 0) + invoices);
  }
  const all = [...counts].sort(([, a], [, b]) => b - a).map(([code]) => code);
  const [chosen, setChosen] = useState<string | null>(null);
  const currency = chosen !== null && all.includes(chosen) ? chosen : (all[0] ?? '');
  const rows = months.filter((row) => row.invoiced.currency === currency).slice(0, 12);
  const most = Math.max(1, ...rows.map(asked));
  return (
    <section aria-labelledby="months">
      <div className={styles.sectionHead}>
        <h2 id="months">Invoiced by month</h2>
        <Currencies all={all} chosen={currency} onChoose={setChosen} />
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col" className={styles.right}>
              Invoices
            </th>
            <th scope="col" className={styles.right}>
              Invoiced
            </th>
            <th scope="col" className={styles.right}>
              Paid
            </th>
            <th scope="col" className={styles.barCell}>
              Share paid
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.month}>
              <td>{monthWords(row.month)}</td>
              <td className={styles.right}>{countWords(row.invoices)}</td>
              <td className={styles.right}>
                <Money amount={row.invoiced} />
              </td>
              <td className={styles.right}>
                <Money amount={row.paid} />
              </td>
              <td className={styles.barCell}>
                <span className={styles.bar} aria-hidden>
                  <span
                    className={styles.invoiced}
                    style={{ width: `${(asked(row) / most) * 100}%` }}
                  />
                  <span
                    className={styles.paid}
                    style={{ width: `${(row.paid.minor / most) * 100}%` }}
                  />
                </span>
                <span className={styles.share}>{percentWords(row.paid.minor, asked(row))}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Plans({ plans }: { plans: PlanRow[] }) {
  const navigate = useNavigate();
  return (
    <section aria-labelledby="plans">
      <div className={styles.sectionHead}>
        <h2 id="plans">Plans</h2>
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Plan</th>
            <th scope="col" className={styles.right}>
              Tenants
            </th>
            <th scope="col" className={styles.right}>
              Seats
            </th>
            <th scope="col" className={styles.right}>
              MRR
            </th>
          </tr>
        </thead>
        <tbody>
          {plans.map((row) => (
            <tr key={row.plan} className={styles.top}>
              <td>
                <button
                  type="button"
                  className={styles.plan}
                  onClick={() =>
                    void navigate({ to: '/tenants', search: { filter: { plans: [row.plan] } } })
                  }
                >
                  {row.plan}
                </button>
              </td>
              <td className={styles.right}>{countWords(row.tenants)}</td>
              <td className={styles.right}>{countWords(row.seats)}</td>
              <td className={styles.right}>
                {row.mrr.length === 0 ? <span className={styles.detail}>–</span> : null}
                {row.mrr.map((amount) => (
                  <div key={amount.currency}>
                    <Money amount={amount} />
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Loaded({ overview }: { overview: Answer }) {
  return (
    <>
      <section aria-labelledby="attention" className={styles.section}>
        <h2 id="attention" className={styles.attentionHead}>
          Needs attention
        </h2>
        <AttentionList items={overview.attention} />
      </section>
      <dl className={styles.figures}>
        {overview.figures.map((figure) => (
          <Headline key={figure.label} figure={figure} />
        ))}
      </dl>
      <div className={styles.columns}>
        <Months months={overview.months} />
        <Plans plans={overview.plans} />
      </div>
    </>
  );
}

export function Overview() {
  const overview = useQuery(reads.overview(useHost()));
  const status = useStatus();
  const zone = useZone();
  const now = useNow();
  const { data } = overview;
  const nothing =
    data !== undefined &&
    data.months.length === 0 &&
    data.figures.every((figure) => figure.amounts.length === 0);
  return (
    <Page
      title="Overview"
      actions={
        data?.asOf ? (
          <>
            <span className={styles.asOf}>
              As of {asOfWords(data.asOf, zone, now)} · {zone}
            </span>
            <Link
              to="/log"
              search={{ filter: { from: isoDay(now - DAY_SECONDS, zone) } }}
              className={styles.since}
            >
              What changed since yesterday
            </Link>
          </>
        ) : null
      }
    >
      <PageBody label="Overview">
        {overview.error ? (
          <Failed
            error={asDeskError(overview.error)}
            onRetry={() => void overview.refetch()}
            small={data !== undefined}
          />
        ) : null}
        {overview.isPending ? <Skeleton lines={10} /> : null}
        {nothing ? (
          <NothingLoaded what="figures" status={status} filterWords={[]} onClear={() => {}} />
        ) : null}
        {data && !nothing ? <Loaded overview={data} /> : null}
      </PageBody>
    </Page>
  );
}
