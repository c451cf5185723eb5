/** The log's filters in words, and the spans that it is asked for. */
import { parseDate } from '@internationalized/date';
import type { EventFilter, EventRow } from '../../host/types';
import { EVENT_OUTCOMES, eventState } from '../../words/states';
import { daysWords, type Span } from '../DaysChip';

/** What types begin with, in the words of the screens. */
export const TYPES: readonly { value: string; words: string }[] = [
  { value: '', words: 'All' },
  { value: 'customer.', words: 'Tenants and subscriptions' },
  { value: 'customer.subscription.', words: 'Subscriptions' },
  { value: 'invoice.', words: 'Invoices' },
  { value: 'payment_intent.', words: 'Payments' },
  { value: 'charge.', words: 'Charges, refunds, disputes' },
  { value: 'credit_note.', words: 'Credit notes' },
  { value: 'price.', words: 'Prices' },
  { value: 'product.', words: 'Plans' },
  { value: 'coupon.', words: 'Coupons' },
  { value: 'payout.', words: 'Payouts' },
];

export const OUTCOMES: readonly { value: string; words: string }[] = [
  { value: '', words: 'All' },
  ...EVENT_OUTCOMES.map((value) => ({ value, words: eventState(value).words })),
];

const wordsOf = (options: typeof TYPES, value: string) =>
  options.find((one) => one.value === value)?.words ?? value;

/** Today, since yesterday, the last week and month. */
export function recentSpans(today: string): Span[] {
  const day = parseDate(today);
  const since = (words: string, days: number): Span => ({
    words,
    from: day.subtract({ days }).toString(),
    to: null,
  });
  return [
    since('Today', 0),
    since('Since yesterday', 1),
    since('Last 7 days', 6),
    since('Last 30 days', 29),
  ];
}

/** The filter in words, one part a line; empty when everything passes. */
export function eventFilterWords(filter: EventFilter): string[] {
  const days = daysWords(filter.from, filter.to);
  return [
    filter.text ? `Holds “${filter.text}”` : null,
    filter.typePrefix ? `About: ${wordsOf(TYPES, filter.typePrefix)}` : null,
    filter.outcome ? `Outcome: ${eventState(filter.outcome).words}` : null,
    days ? `Days: ${days}` : null,
    filter.elsewhereOnly ? 'Changed elsewhere' : null,
    filter.customer ? `Tenant: ${filter.customer}` : null,
    filter.object ? `Object: ${filter.object}` : null,
  ].filter((part) => part !== null);
}

/** Whose doing it was. */
export function byWords(row: EventRow): string {
  if (row.ours) return 'Meterdesk';
  return row.requestId === null ? 'Stripe' : 'Elsewhere';
}

const ROADS: Readonly<Record<EventRow['road'], string>> = {
  poll: 'Read from Stripe’s list of events',
  webhook: 'Came by webhook',
  file: 'Imported from a file',
};

export const roadWords = (row: EventRow): string =>
  row.signed ? ROADS[row.road] : `${ROADS[row.road]}, unsigned`;
