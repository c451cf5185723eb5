/** All tenants together: figures, and four charts. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { Chart } from '../../chart/Chart';
import { useForm } from '../../chart/useForm';
import { asDeskError } from '../../host/errors';
import type { Chart as Drawn, UsageOverviewAnswer } from '../../host/types';
import { cx } from '../../parts/cx';
import { Page, PageBody } from '../../parts/Page';
import { Empty, Failed, Skeleton } from '../../parts/States';
import { countWords } from '../../words/numbers';
import { UnconfirmedPrices } from './UnconfirmedPrices';
import { UsageTabs } from './UsageTabs';
import styles from './Usage.module.css';

const HEIGHT = 240;
const USUAL_WIDTH = 480;

export function UsageTogether() {
  const host = useHost();
  const { place, form } = useForm(HEIGHT, USUAL_WIDTH);
  const overview = useQuery({
    ...reads.usageOverview(host, form),
    placeholderData: keepPreviousData,
  });
  const { data, error } = overview;
  return (
    <Page title="Usage" below={<UsageTabs />}>
      <UnconfirmedPrices />
      <PageBody label="All tenants together">
        {error ? (
          <Failed
            error={asDeskError(error)}
            onRetry={() => void overview.refetch()}
            small={data !== undefined}
          />
        ) : null}
        {data ? <Figures overview={data} /> : null}
        {data?.empty ? (
          <Empty
            title="No usage is known yet"
            why="Import a file of usage under “Imports”; allowances follow from plans."
          />
        ) : null}
        <div className={styles.charts}>
          <div ref={place}>{data && !data.empty ? <One chart={data.distribution} /> : null}</div>
          {data && !data.empty ? (
            <>
              <One chart={data.nearest} />
              <One chart={data.trend} />
              <One chart={data.unused} />
            </>
          ) : null}
        </div>
        {data === undefined && !error ? <Skeleton lines={10} /> : null}
      </PageBody>
    </Page>
  );
}

function One({ chart }: { chart: Drawn }) {
  return (
    <section aria-label={chart.title}>
      <h2>{chart.title}</h2>
      <Chart chart={chart} />
    </section>
  );
}

function Figures({ overview }: { overview: UsageOverviewAnswer }) {
  const { over, reached, near, unknown } = overview;
  return (
    <dl className={styles.figures}>
      <Figure label="AI credits used, periods that run">{overview.used}</Figure>
      <Figure label="Of it over allowances" zero={overview.overage === '0'}>
        {overview.overage}
      </Figure>
      <Figure label="Limit reached or over" meaning="over" zero={over + reached === 0}>
        {countWords(over + reached)}
      </Figure>
      <Figure label="Near the limit" meaning="near" zero={near === 0}>
        {countWords(near)}
      </Figure>
      <Figure label="Not known" zero={unknown === 0}>
        {countWords(unknown)}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  label: string;
  meaning?: 'near' | 'over';
  zero?: boolean;
  children: ReactNode;
}

function Figure({ label, meaning, zero, children }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd className={cx(zero ? styles.zero : meaning && styles[meaning])}>{children}</dd>
    </div>
  );
}
