/** What requests that are not ours changed, day by day, each explained and signed off. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useHost, useNow } from '../../app/host';
import { reads, useStatus, useZone } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { ElsewhereChange, ElsewhereDay } from '../../host/types';
import { Button } from '../../parts/Button';
import { Id } from '../../parts/Figures';
import { Shape } from '../../parts/Mark';
import { Page, PageBody } from '../../parts/Page';
import { Empty, Failed, Note, Skeleton } from '../../parts/States';
import { countOf, countWords } from '../../words/numbers';
import { isoDay, isoDayWords } from '../../words/times';
import { DaysChip } from '../DaysChip';
import pages from '../TablePage.module.css';
import { recentSpans } from './events';
import { Explain, SignedOff } from './Explain';
import { LogTabs } from './LogTabs';
import { When } from './When';
import styles from './Log.module.css';

const route = getRouteApi('/log/elsewhere');

function Change({ change }: { change: ElsewhereChange }) {
  const { event, signedOff } = change;
  const [explaining, setExplaining] = useState(false);
  return (
    <li className={styles.change}>
      <span className={styles.shape}>
        <Shape meaning={signedOff ? 'done' : 'near'} />
      </span>
      <When at={event.created} hour />
      <div className={styles.told}>
        <div>
          <span className={styles.what}>{event.words}</span>
          {event.customer ? (
            <>
              {' · '}
              <Link to="/tenants/$id" params={{ id: event.customer }} className={styles.link}>
                {event.tenantName ?? event.customer}
              </Link>
            </>
          ) : null}
        </div>
        {event.changes.length > 0 ? (
          <p className={styles.changed} data-copyable>
            {event.changes.join(' · ')}
          </p>
        ) : null}
        {signedOff ? <SignedOff by={signedOff} /> : null}
        {explaining ? <Explain event={event} onClose={() => setExplaining(false)} /> : null}
      </div>
      {event.requestId ? <Id id={event.requestId} /> : <span />}
      {signedOff || explaining ? null : (
        <Button small onPress={() => setExplaining(true)}>
          Explain
        </Button>
      )}
    </li>
  );
}

function Day({ day }: { day: ElsewhereDay }) {
  return (
    <section aria-label={isoDayWords(day.day)}>
      <h2 className={styles.day}>
        {isoDayWords(day.day)}
        <span className={styles.dayCount}>
          {countOf(day.changes.length, 'change')}
          {day.unexplained > 0 ? `, ${countWords(day.unexplained)} unexplained` : ', all explained'}
        </span>
      </h2>
      <ul>
        {day.changes.map((change) => (
          <Change key={change.event.id} change={change} />
        ))}
      </ul>
    </section>
  );
}

export function Elsewhere() {
  const host = useHost();
  const navigate = useNavigate();
  const status = useStatus();
  const { from = null, to = null } = route.useSearch();
  const spans = recentSpans(isoDay(useNow(), useZone()));
  const elsewhere = useQuery(reads.elsewhere(host, from, to));
  const { data, error } = elsewhere;
  const show = (first: string | null, last: string | null) =>
    void navigate({
      to: '/log/elsewhere',
      search: { from: first ?? undefined, to: last ?? undefined },
      replace: true,
    });
  const filtered = from !== null || to !== null;
  return (
    <Page
      title="Log"
      below={
        <>
          <LogTabs />
          <div className={pages.filters}>
            <DaysChip label="Days" from={from} to={to} spans={spans} onChange={show} />
          </div>
        </>
      }
    >
      <PageBody label="Changed elsewhere">
        <p className={styles.about}>
          Refunds, credit notes, balances, voids, plans and seats that a request changed which was
          not Meterdesk’s: in Stripe’s dashboard, or by other software.
        </p>
        {error ? (
          <Failed
            error={asDeskError(error)}
            onRetry={() => void elsewhere.refetch()}
            small={data !== undefined}
          />
        ) : null}
        {elsewhere.isPending ? <Skeleton lines={8} /> : null}
        {data?.more ? (
          <Note meaning="near">There are more than 500. Choose fewer days to see the rest.</Note>
        ) : null}
        {data?.days.length === 0 ? (
          <Empty
            title="Nothing was changed elsewhere"
            why={
              status?.completeAsOf
                ? `${filtered ? 'In these days' : 'Since the first load'} no request but Meterdesk’s changed any of these.`
                : 'The books are not loaded yet.'
            }
            action={
              filtered ? <Button onPress={() => show(null, null)}>Show every day</Button> : null
            }
          />
        ) : null}
        {data?.days.map((day) => (
          <Day key={day.day} day={day} />
        ))}
      </PageBody>
    </Page>
  );
}
