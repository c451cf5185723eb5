/** A tenant's AI credits: how much is used of what is allowed, when it runs out, and why. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { Chart } from '../../chart/Chart';
import { useForm } from '../../chart/useForm';
import { asDeskError } from '../../host/errors';
import type { TenantUsage as Answer } from '../../host/types';
import { cx } from '../../parts/cx';
import { Failed, Skeleton } from '../../parts/States';
import { amountWords } from '../../words/amounts';
import {
  dateWords,
  quantityWords,
  rowState,
  shareWords,
  spanOfDays,
  standingWords,
} from '../../words/usage';
import styles from './Usage.module.css';

const HEIGHT = 340;
const USUAL_WIDTH = 704;
const MOST_PERIODS = 6;

export function TenantUsage({ id }: { id: string }) {
  const host = useHost();
  const { place, form } = useForm(HEIGHT, USUAL_WIDTH);
  const usage = useQuery(reads.usageTenant(host, id));
  const chart = useQuery({
    ...reads.usageChart(host, id, form),
    placeholderData: keepPreviousData,
  });
  const error = usage.error ?? chart.error;
  const retry = () => {
    void usage.refetch();
    void chart.refetch();
  };
  return (
    <>
      {error ? <Failed error={asDeskError(error)} onRetry={retry} small /> : null}
      {usage.data ? <Figures usage={usage.data} /> : null}
      <div className={styles.columns}>
        <div ref={place}>
          {chart.data ? <Chart chart={chart.data} /> : null}
          {chart.isPending && !error ? <Skeleton lines={8} /> : null}
        </div>
        {usage.data ? (
          <div className={styles.aside}>
            <Parts usage={usage.data} />
            <Earlier usage={usage.data} />
          </div>
        ) : null}
      </div>
    </>
  );
}

function Figures({ usage }: { usage: Answer }) {
  const { row, forecast } = usage;
  const state = rowState(row);
  const over = row.state === 'over' || row.state === 'reached';
  const expected = forecast ? roundedWords(forecast.expected) : null;
  return (
    <dl className={styles.figures}>
      <Figure label={`AI credits used, ${spanOfDays(row.periodStart, row.periodEnd)}`}>
        {quantityWords(row.used)}
        <span className={styles.beside}>
          {row.unlimited ? 'no limit' : `of ${quantityWords(row.allowance)}`}
        </span>
      </Figure>
      <Figure label="Share">{shareWords(row.basisPoints)}</Figure>
      <Figure label="State" meaning={over ? 'over' : row.state === 'near' ? 'near' : undefined}>
        {standingWords(row.state).words}
        {row.state === 'unknown' && row.unmapped ? (
          <span className={styles.beside}>{state.words.toLowerCase()}</span>
        ) : null}
      </Figure>
      {row.runsOut && !over ? (
        <Figure label="Runs out" meaning="near">
          {dateWords(row.runsOut)}
        </Figure>
      ) : null}
      {expected ? (
        <Figure label="Expected by the end">
          {expected}
          {forecast ? (
            <span className={styles.beside}>
              {roundedWords(forecast.low)}–{roundedWords(forecast.high)}
              {forecast.fewData ? ', few data' : ''}
            </span>
          ) : null}
        </Figure>
      ) : null}
      {row.overage && row.overage !== '0' ? (
        <Figure label="Over the allowance" meaning="over">
          {quantityWords(row.overage)}
          {row.overageAmount ? (
            <span className={styles.beside}>{amountWords(row.overageAmount)}</span>
          ) : null}
        </Figure>
      ) : null}
    </dl>
  );
}

/** A forecast to whole credits; its band says how sure it is. */
const roundedWords = (quantity: string) =>
  quantityWords(String(Math.round(Number.parseFloat(quantity))));

interface FigureProps {
  label: string;
  meaning?: 'near' | 'over' | undefined;
  children: ReactNode;
}

function Figure({ label, meaning, children }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd className={cx(meaning && styles[meaning])}>{children}</dd>
    </div>
  );
}

/** What the allowance is made of, each part traceable. */
function Parts({ usage }: { usage: Answer }) {
  const { row, parts } = usage;
  const total = row.unlimited ? 'no limit' : quantityWords(row.allowance);
  return (
    <section aria-label="Allowance">
      <h2>Allowance</h2>
      <ul className={styles.parts}>
        {parts.map((part) => (
          <li key={`${part.kind} ${part.number} ${part.words}`}>
            <span data-copyable>{part.words}</span>
            <span className={styles.number}>
              {part.quantity === null ? '–' : quantityWords(part.quantity)}
            </span>
          </li>
        ))}
        <li>
          <span>This period</span>
          <span className={styles.number}>{total}</span>
        </li>
      </ul>
      {row.unbillable && row.unbillable !== '0' ? (
        <p className={styles.note}>
          Another {quantityWords(row.unbillable)} were used and are not billed.
        </p>
      ) : null}
    </section>
  );
}

function Earlier({ usage }: { usage: Answer }) {
  const periods = usage.earlier.slice(0, MOST_PERIODS);
  if (periods.length === 0) return null;
  return (
    <section aria-label="Earlier periods">
      <h2>Earlier periods</h2>
      <table className={styles.periods}>
        <thead>
          <tr>
            <th scope="col">Period</th>
            <th scope="col">Used</th>
            <th scope="col">Allowed</th>
          </tr>
        </thead>
        <tbody>
          {periods.map((one) => (
            <tr key={one.start}>
              <td>{spanOfDays(one.start, one.end)}</td>
              <td className={cx((one.state === 'over' || one.state === 'reached') && styles.over)}>
                {quantityWords(one.used)}
              </td>
              <td className={styles.secondary}>
                {one.unlimited ? 'no limit' : quantityWords(one.allowance)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
