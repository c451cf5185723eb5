/** One event, opened: what it changed before and after, where it came from, as Stripe sent it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { EventDetail } from '../../host/types';
import { Button } from '../../parts/Button';
import { cx } from '../../parts/cx';
import { Id, Moment } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Peek } from '../../parts/Sheet';
import { Failed, Note, Skeleton } from '../../parts/States';
import { countOf } from '../../words/numbers';
import { eventState } from '../../words/states';
import lists from '../Lists.module.css';
import { InStripe } from '../InStripe';
import { byWords, roadWords } from './events';
import { Explain, SignedOff } from './Explain';
import styles from './Log.module.css';

function ObjectLink({ event }: { event: EventDetail }) {
  const { objectKind, objectId, customer, tenantName } = event.row;
  return (
    <>
      {objectId ? (
        <div>
          <dt>Object</dt>
          <dd>
            {objectKind === 'invoice' ? (
              <Link to="/invoices/$id" params={{ id: objectId }} className={styles.link}>
                Open the invoice
              </Link>
            ) : (
              (objectKind ?? '').replaceAll('_', ' ')
            )}{' '}
            <Id id={objectId} />
          </dd>
        </div>
      ) : null}
      {customer ? (
        <div>
          <dt>Tenant</dt>
          <dd>
            <Link to="/tenants/$id" params={{ id: customer }} className={styles.link}>
              {tenantName ?? customer}
            </Link>
          </dd>
        </div>
      ) : null}
    </>
  );
}

function Facts({ event }: { event: EventDetail }) {
  const { row } = event;
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Happened</dt>
        <dd>
          <Moment at={row.created} />
        </dd>
      </div>
      <ObjectLink event={event} />
      <div>
        <dt>By</dt>
        <dd>
          {byWords(row)} {row.requestId ? <Id id={row.requestId} /> : null}
        </dd>
      </div>
      <div>
        <dt>Road</dt>
        <dd>{roadWords(row)}</dd>
      </div>
      <div>
        <dt>Outcome</dt>
        <dd>
          <Mark {...eventState(row.outcome)} />
          {event.appliedAt === null ? null : (
            <>
              {' · '}
              <Moment at={event.appliedAt} />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Type</dt>
        <dd className={styles.mono}>{row.eventType}</dd>
      </div>
    </dl>
  );
}

function Payload({ event }: { event: EventDetail }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <div className={styles.actions}>
        <Button small onPress={() => setOpen(!open)}>
          {open ? 'Hide what Stripe sent' : 'Show what Stripe sent'}
        </Button>
        <InStripe url={event.dashboardUrl} small />
      </div>
      {open ? (
        <pre className={styles.payload} aria-label="What Stripe sent">
          {event.payloadJson}
        </pre>
      ) : null}
    </>
  );
}

/** Before and after, field by field; what happened without a before stands alone. */
function Changes({ changes }: { changes: EventDetail['changes'] }) {
  if (changes.length === 0) {
    return <p className={styles.secondary}>Nothing that these books keep changed.</p>;
  }
  return (
    <table className={cx(lists.table, styles.changes)} aria-label="What it changed">
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row" className={styles.field}>
              {field}
            </th>
            {before === null ? null : <td className={styles.secondary}>{before}</td>}
            <td colSpan={before === null ? 3 : 1} className={styles.after}>
              {before === null ? '' : '→ '}
              {after ?? (before === null ? '' : 'none')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Opened({ event }: { event: EventDetail }) {
  const { row } = event;
  return (
    <>
      {row.problem ? (
        <Note meaning={row.outcome === 'failed' ? 'over' : 'near'}>
          {row.problem}
          {event.attempts > 0 ? `, ${countOf(event.attempts, 'try', 'tries')}` : ''}.
        </Note>
      ) : null}
      <Changes changes={event.changes} />
      {event.signedOff ? <SignedOff by={event.signedOff} /> : null}
      {event.elsewhere && !event.signedOff ? <Explain event={row} /> : null}
      <Facts event={event} />
      <Payload event={event} />
    </>
  );
}

export function EventPeek({ id, onClose }: { id: string; onClose: () => void }) {
  const event = useQuery(reads.event(useHost(), id));
  return (
    <Peek title={event.data?.row.words ?? 'Event'} subtitle={<Id id={id} />} onClose={onClose}>
      <div className={styles.opened}>
        {event.error ? (
          <Failed error={asDeskError(event.error)} onRetry={() => void event.refetch()} small />
        ) : null}
        {event.isPending ? <Skeleton lines={8} /> : null}
        {event.data ? <Opened event={event.data} key={id} /> : null}
      </div>
    </Peek>
  );
}
