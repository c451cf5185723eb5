/** The fake desk's completeness check. */
import type * as T from '../types';

const DAY = 86_400;

const LISTS: readonly [list: string, words: string, days: number][] = [
  ['customers', 'Customers', 7],
  ['subscriptions', 'Subscriptions', 1],
  ['invoices', 'Invoices', 7],
  ['open_invoices', 'Open invoices', 1],
  ['charges', 'Charges', 30],
  ['credit_notes', 'Credit notes', 30],
  ['tax_rates', 'Tax rates', 30],
];

const MONTHS = ['2026-08', '2026-09', '2026-10', '2026-11'];

function monthsOf(
  place: number,
  days: number,
  now: number,
  whole: boolean,
): T.Completeness['lists'][number]['months'] {
  const names = days === 1 ? ['all'] : MONTHS;
  return names.map((month, at) => {
    const due = !whole && place === 2 && at === 0;
    const wrong = !whole && place === 4 && at === 3;
    return {
      month,
      state: wrong ? 'red' : due ? 'amber' : 'green',
      objects: 1204 + place * 310 + at * 92,
      provenAt: now - (due ? 9 * DAY : (at + 1) * 7200),
      maxAgeSeconds: days * DAY,
      differences: wrong ? 2 : place === 0 && at === 3 ? 1 : 0,
      mended: wrong ? 1 : place === 0 && at === 3 ? 1 : 0,
      open: wrong ? 1 : 0,
      reads: 12 + place * 3 + at,
    };
  });
}

/** `whole`: green; otherwise one month is due and one has a difference. */
export function completenessOf(now: number, whole: boolean): T.Completeness {
  const lists = LISTS.map(([list, words, days], place): T.ListCompleteness => {
    const refused = !whole && list === 'tax_rates' ? 'rak_tax_rate_read' : null;
    const months = refused ? [] : monthsOf(place, days, now, whole);
    const state = (['red', 'amber', 'green'] as const).find((one) =>
      months.some((month) => month.state === one),
    );
    const cost = months.reduce((all, month) => all + month.reads, 0);
    return { list, words, state: state ?? 'green', refused, reads: cost, months };
  });
  const reasons = [
    'Charges of Nov 2026: 1 difference is known and not mended',
    'Invoices of Aug 2026 were proven 9 days ago, 7 are allowed',
  ];
  return {
    state: whole ? 'green' : 'red',
    words: whole
      ? 'Every month of every list is proven within its stated age'
      : (reasons[0] as string),
    reasons: whole ? [] : reasons,
    whatToDo: whole ? null : 'Prove that month again; if it stays, save a diagnostic file.',
    asOf: now,
    provenAt: now - 9 * 3600,
    polledAt: now - 240,
    lists,
    readsForAll: lists.reduce((all, list) => all + list.reads, 0),
    running: null,
  };
}

export const BUDGET: T.ReadBudget = {
  month: '2026-11',
  used: 1204,
  used30Days: 1655,
  floor: 10_000,
  allocation: 10_000,
  left: 8345,
  transactions: 14,
  proofsToday: 160,
  pollSeconds: 900,
};

export const PROVEN: T.Proven = {
  words: 'Everything agrees with Stripe',
  checked: 61_804,
  differences: 0,
  mended: 0,
  buried: 0,
  explained: 0,
  open: 0,
  reads: 619,
  refused: [],
};

export const scheduleOf = (): T.ProofAge[] =>
  LISTS.map(([list, words, days]) => ({
    list,
    words,
    byMonth: days !== 1,
    maxAgeSeconds: days * DAY,
    usualSeconds: days * DAY,
  }));
