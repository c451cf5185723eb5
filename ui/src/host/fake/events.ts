/** The fake desk's log of events: the same for the same company and time. */
import type * as T from '../types';
import type { Company } from './company';

const HOUR = 3600;

interface Sort {
  type: string;
  words: string;
  kind: string;
  changes: string[];
  /** 0: Stripe itself, 1: ours, 2: somebody in the dashboard. */
  by: 0 | 1 | 2;
  outcome: T.EventOutcome;
}

const SORTS: readonly Sort[] = [
  {
    type: 'customer.subscription.updated',
    words: 'Subscription changed',
    kind: 'subscription',
    changes: ['seats 5 → 8', 'next invoice €1,240.00 → €1,984.00'],
    by: 2,
    outcome: 'refetched',
  },
  {
    type: 'invoice.paid',
    words: 'Invoice paid',
    kind: 'invoice',
    changes: ['status open → paid', 'paid €0.00 → €1,240.00', 'remaining €1,240.00 → €0.00'],
    by: 0,
    outcome: 'payload',
  },
  {
    type: 'invoice.payment_failed',
    words: 'Payment of an invoice failed',
    kind: 'invoice',
    changes: ['attempts 1 → 2', 'next attempt 24 Nov 2026 → 27 Nov 2026'],
    by: 0,
    outcome: 'payload',
  },
  {
    type: 'charge.refunded',
    words: 'Charge refunded',
    kind: 'charge',
    changes: ['refunded $0.00 → $385.00'],
    by: 2,
    outcome: 'waiting',
  },
  {
    type: 'customer.updated',
    words: 'Tenant changed',
    kind: 'customer',
    changes: ['e-mail office@dovetail.example → billing@dovetail.example'],
    by: 1,
    outcome: 'held',
  },
  {
    type: 'credit_note.created',
    words: 'Credit note issued',
    kind: 'credit_note',
    changes: [],
    by: 2,
    outcome: 'failed',
  },
];

function roadOf(at: number): T.EventRow['road'] {
  if (at % 9 === 0) return 'file';
  return at % 4 === 1 ? 'webhook' : 'poll';
}

/** All events, newest first. */
export function eventsOf({ tenants }: Company, now: number): T.EventRow[] {
  return Array.from({ length: tenants.length === 0 ? 0 : 640 }, (_, at) => {
    const sort = SORTS[(at * 7 + Math.floor(at / 3)) % SORTS.length] as Sort;
    const tenant = tenants[(at * 31) % tenants.length];
    const created = now - 900 - at * HOUR;
    return {
      id: `evt_1Q${String(at).padStart(6, '0')}MeterdeskXk`,
      eventType: sort.type,
      words: sort.words,
      created,
      receivedAt: created + 40,
      objectKind: sort.kind,
      objectId: `${sort.kind.slice(0, 2)}_1Q${String(at).padStart(6, '0')}`,
      customer: tenant?.id ?? null,
      tenantName: tenant?.name ?? null,
      requestId: sort.by === 0 ? null : `req_${String(at).padStart(6, '0')}aBcDeFgH`,
      ours: sort.by === 1,
      road: roadOf(at),
      signed: roadOf(at) !== 'file',
      outcome: sort.outcome,
      problem: sort.outcome === 'failed' ? 'Stripe did not answer in time' : null,
      changes: sort.changes,
    };
  });
}

const isoDay = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

const isElsewhere = (row: T.EventRow) => row.requestId !== null && !row.ours;

function within(row: T.EventRow, from: string | null, to: string | null): boolean {
  const day = isoDay(row.created);
  return (from === null || day >= from) && (to === null || day <= to);
}

function passes(row: T.EventRow, filter: T.EventFilter): boolean {
  const hay = [row.id, row.eventType, row.tenantName, row.requestId].join(' ').toLowerCase();
  return (
    hay.includes(filter.text.toLowerCase()) &&
    row.eventType.startsWith(filter.typePrefix) &&
    (filter.object === '' || row.objectId === filter.object) &&
    (filter.customer === '' || row.customer === filter.customer) &&
    within(row, filter.from, filter.to) &&
    (filter.outcome === null || row.outcome === filter.outcome) &&
    (!filter.elsewhereOnly || isElsewhere(row))
  );
}

export function eventPage(
  all: readonly T.EventRow[],
  filter: T.EventFilter,
  first: number,
  count: number,
): T.EventPage {
  const rows = all.filter((row) => passes(row, filter));
  return { total: rows.length, first, rows: rows.slice(first, first + count) };
}

/** "seats 5 → 8" taken apart, by the fields of the events above. */
const FIELDS =
  'next invoice,next attempt,remaining,refunded,attempts,status,e-mail,seats,paid'.split(',');

function changeOf(words: string): T.EventDetail['changes'][number] {
  const field = FIELDS.find((one) => words.startsWith(`${one} `)) ?? words;
  const [before = null, after = null] = words.slice(field.length + 1).split(' → ');
  return { field, before, after };
}

export function eventDetail(row: T.EventRow, signedOff: T.SignOff | null): T.EventDetail {
  const payload = { id: row.id, object: 'event', type: row.eventType, created: row.created };
  return {
    row,
    apiVersion: '2026-09-30.endive',
    appliedAt: row.outcome === 'waiting' || row.outcome === 'failed' ? null : row.receivedAt + 1,
    attempts: row.outcome === 'failed' ? 3 : 0,
    changes: row.changes.map(changeOf),
    payloadJson: JSON.stringify(payload, null, 2),
    dashboardUrl: `https://dashboard.stripe.com/events/${row.id}`,
    signedOff,
    elsewhere: isElsewhere(row),
  };
}

const open = (changes: readonly T.ElsewhereChange[]) =>
  changes.filter((one) => one.signedOff === null).length;

export function elsewhereOf(
  all: readonly T.EventRow[],
  signed: ReadonlyMap<string, T.SignOff>,
  from: string | null,
  to: string | null,
): T.Elsewhere {
  const days = new Map<string, T.ElsewhereChange[]>();
  for (const event of all) {
    if (!isElsewhere(event) || !within(event, from, to)) continue;
    const day = isoDay(event.created);
    const change = { event, signedOff: signed.get(event.id) ?? null };
    days.set(day, [...(days.get(day) ?? []), change]);
  }
  return {
    days: [...days].map(([day, changes]) => ({ day, unexplained: open(changes), changes })),
    unexplained: open([...days.values()].flat()),
    more: false,
  };
}
