/** The fake desk's pages of one thing: overview, tenant, invoice. */
import { ALL_INVOICES, ALL_TENANTS } from '../filters';
import type * as T from '../types';
import type { Company } from './company';
import { totalsOf } from './tables';

const DAY = 86_400;

function perCurrency(amounts: readonly (T.Amount | null)[]): T.Amount[] {
  const sums = new Map<string, T.Amount>();
  for (const amount of amounts) {
    if (!amount || amount.minor === 0) continue;
    const before = sums.get(amount.currency)?.minor ?? 0;
    sums.set(amount.currency, { ...amount, minor: before + amount.minor });
  }
  return [...sums.values()];
}

function attentionOf({ tenants, invoices }: Company): T.Attention[] {
  const late = tenants.filter((row) => (row.pastDue?.minor ?? 0) > 0);
  const writtenOff = invoices.filter((row) => row.status === 'uncollectible');
  const trials = tenants.filter((row) => row.status === 'trialing');
  const drafts = invoices.filter((row) => row.status === 'draft');
  const all: T.Attention[] = [
    {
      code: 'past_due',
      title: `${late.length} tenants are past due`,
      detail: 'The oldest since 3 Aug 2026',
      count: late.length,
      amounts: perCurrency(late.map((row) => row.pastDue)),
      link: { screen: 'tenants', filter: { ...ALL_TENANTS, pastDue: true } },
    },
    {
      code: 'uncollectible',
      title: `${writtenOff.length} invoices are written off`,
      detail: 'Marked uncollectible in the last 12 months',
      count: writtenOff.length,
      amounts: perCurrency(writtenOff.map((row) => row.total)),
      link: { screen: 'invoices', filter: { ...ALL_INVOICES, statuses: ['uncollectible'] } },
    },
    {
      code: 'trial_ending',
      title: `The trial of ${trials.length} tenants ends within seven days`,
      detail: 'After it the first payment is tried',
      count: trials.length,
      amounts: [],
      link: { screen: 'tenants', filter: { ...ALL_TENANTS, statuses: ['trialing'] } },
    },
    {
      code: 'draft_old',
      title: `${drafts.length} drafts are older than a day`,
      detail: 'Stripe finalises a draft after about an hour, unless it is held',
      count: drafts.length,
      amounts: perCurrency(drafts.map((row) => row.total)),
      link: { screen: 'invoices', filter: { ...ALL_INVOICES, statuses: ['draft'] } },
    },
  ];
  return all.filter((one) => one.count > 0);
}

function monthsOf(invoices: readonly T.InvoiceRow[]): T.MonthRow[] {
  const months = new Map<string, T.MonthRow>();
  for (const row of invoices) {
    if (row.finalizedAt === null || row.status === 'void') continue;
    const month = new Date(row.finalizedAt * 1000).toISOString().slice(0, 7);
    const key = `${month} ${row.total.currency}`;
    const zero = { ...row.total, minor: 0 };
    const sum = months.get(key) ?? {
      month,
      invoiced: zero,
      paid: zero,
      remaining: zero,
      invoices: 0,
    };
    months.set(key, {
      month,
      invoiced: { ...zero, minor: sum.invoiced.minor + row.total.minor },
      paid: { ...zero, minor: sum.paid.minor + row.total.minor - row.remaining.minor },
      remaining: { ...zero, minor: sum.remaining.minor + row.remaining.minor },
      invoices: sum.invoices + 1,
    });
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? 1 : -1));
}

function plansOf(tenants: readonly T.TenantRow[]): T.PlanRow[] {
  if (tenants.length === 0) return [];
  return ['Enterprise', 'Professional', 'Starter', 'Free'].map((plan) => {
    const on = tenants.filter((row) => row.plan === plan && row.status !== 'canceled');
    return {
      plan,
      tenants: on.length,
      seats: on.reduce((sum, row) => sum + (row.seats ?? 0), 0),
      mrr: perCurrency(on.map((row) => row.mrr)),
    };
  });
}

export function overviewOf(company: Company, asOf: number): T.Overview {
  const open = totalsOf(company.invoices, { ...ALL_INVOICES, statuses: ['open'] });
  const month = totalsOf(company.invoices, ALL_INVOICES);
  return {
    attention: attentionOf(company),
    figures: [
      {
        label: 'MRR',
        explanation: 'Active and past-due subscriptions, a month, before discounts and tax.',
        amounts: perCurrency(company.tenants.map((row) => row.mrr)),
      },
      {
        label: 'Open',
        explanation: 'What remains to be paid on open invoices.',
        amounts: open.map((row) => row.remaining),
      },
      {
        label: 'Past due',
        explanation: 'Of it, past the due date or with a failed payment.',
        amounts: perCurrency(company.tenants.map((row) => row.pastDue)),
      },
      {
        label: 'Collected this month',
        explanation: 'Payments that succeeded since the first day of this month.',
        amounts: month.map((row) => ({ ...row.paid, minor: Math.round(row.paid.minor / 12) })),
      },
    ],
    months: monthsOf(company.invoices),
    plans: plansOf(company.tenants),
    asOf,
  };
}

function paymentOf(row: T.InvoiceRow, failed: boolean): T.PaymentView {
  return {
    id: `ch_3${row.id.slice(4)}${failed ? 'f' : 's'}`,
    at: (row.paidAt ?? row.created) - (failed ? DAY : 0),
    outcome: failed ? 'failed' : 'succeeded',
    amount: row.total,
    invoice: row.id,
    invoiceNumber: row.number,
    method: 'Visa •• 4242',
    reason: failed ? 'The card has insufficient funds (insufficient_funds)' : null,
  };
}

function versionsOf(id: string, now: number): T.VersionView[] {
  return [
    {
      version: 3,
      object: `Subscription sub_1Q${id.slice(-6)}`,
      seenAt: now - 2 * DAY,
      source: 'backfill',
      changes: ['seats 5 → 8', 'current period end 22 Nov 2026 → 22 Dec 2026'],
    },
    {
      version: 2,
      object: `Customer ${id}`,
      seenAt: now - 9 * DAY,
      source: 'backfill',
      changes: ['address city Leeds → York'],
    },
    {
      version: 1,
      object: `Customer ${id}`,
      seenAt: now - 40 * DAY,
      source: 'backfill',
      changes: [],
    },
  ];
}

export function tenantOf({ tenants, invoices }: Company, id: string, now: number): T.Tenant | null {
  const row = tenants.find((tenant) => tenant.id === id);
  if (!row) return null;
  const own = invoices.filter((invoice) => invoice.customer === id);
  const paid = own.filter((invoice) => invoice.status === 'paid');
  const open = own.filter((invoice) => invoice.status === 'open');
  return {
    row,
    details: [
      ['E-mail', row.email ?? '–'],
      ['Phone', '+44 113 496 0000'],
      ['Address', '14 Mill Lane, York YO1 7HH, United Kingdom'],
      ['Tax', 'Not exempt'],
    ],
    metadata: row.tenantId ? [['tenantId', row.tenantId]] : [],
    subscriptions: row.status
      ? [
          {
            id: `sub_1Q${id.slice(-8)}`,
            status: row.status,
            title: `${row.plan ?? 'Plan'}, monthly`,
            items: [`${row.seats ?? 0} seats × $77.00 a month`],
            periodStart: now - 12 * DAY,
            periodEnd: now + 18 * DAY,
            notes: row.status === 'trialing' ? ['Trial ends on 30 Nov 2026'] : [],
            discounts: ['20 % off for 3 months (WELCOME20)'],
            mrr: row.mrr,
          },
        ]
      : [],
    payments: [
      ...open.map((invoice) => paymentOf(invoice, true)),
      ...paid.map((invoice) => paymentOf(invoice, false)),
    ],
    creditNotes: paid.slice(0, 1).map((invoice) => ({
      id: `cn_1${invoice.id.slice(4)}`,
      number: `${invoice.number ?? ''}-CN-01`,
      status: 'issued',
      invoice: invoice.id,
      effectiveAt: (invoice.paidAt ?? now) + DAY,
      total: { ...invoice.total, minor: Math.round(invoice.total.minor / 4) },
      reason: 'order_change',
      memo: 'Two seats were billed twice',
    })),
    invoices: own.length,
    versions: versionsOf(id, now),
    open: perCurrency(open.map((invoice) => invoice.remaining)),
    dashboardUrl: `https://dashboard.stripe.com/customers/${id}`,
    asOf: now - 3600,
  };
}

export function invoiceOf(company: Company, id: string, now: number): T.Invoice | null {
  const row = company.invoices.find((invoice) => invoice.id === id);
  if (!row) return null;
  const share = (part: number) => ({ ...row.total, minor: Math.round(row.total.minor * part) });
  const line = (number: number, words: string, amount: T.Amount): T.LineView => ({
    id: `il_1${row.id.slice(4)}${number}`,
    words,
    description: number === 1 ? '18 × Professional (at $77.00 / month)' : null,
    quantity: number === 1 ? '18' : '5',
    unitPrice: '77.00',
    amount,
    proration: number > 1,
    periodStart: row.created - 30 * DAY,
    periodEnd: row.created,
  });
  return {
    row,
    lines: [
      line(1, '18 seats, 1–30 November', share(0.9)),
      line(2, 'Unused time on 5 seats, 12–30 November, prorated', share(-0.1)),
      line(3, '8 seats, 12–30 November, prorated', share(0.2)),
    ],
    sums: [
      ['Subtotal', row.total],
      ['Tax', share(0)],
      ['Total', row.total],
      ['Paid', { ...row.total, minor: row.total.minor - row.remaining.minor }],
      ['Remaining', row.remaining],
    ],
    payments: row.status === 'draft' ? [] : [paymentOf(row, row.status !== 'paid')],
    creditNotes: [],
    differences: ['Seats 5 → 8 from 12 November', 'Total $385.00 → $616.00'],
    previous:
      company.invoices.find((one) => one.customer === row.customer && one.id > id)?.id ?? null,
    dates: [
      ['Created', row.created],
      ...(row.finalizedAt === null ? [] : [['Finalised', row.finalizedAt] as [string, number]]),
      ...(row.dueAt === null ? [] : [['Due', row.dueAt] as [string, number]]),
      ...(row.paidAt === null ? [] : [['Paid', row.paidAt] as [string, number]]),
    ],
    details: [
      ['Collection', 'Charged automatically'],
      ['Reason', 'Subscription cycle'],
      ['Attempts', '1'],
    ],
    versions: versionsOf(id, now).slice(0, 2),
    dashboardUrl: `https://dashboard.stripe.com/invoices/${id}`,
    asOf: now - 3600,
  };
}

/** Of the first paid invoice a refund, of the second a dispute; a balance, credits and a code. */
export function tenantMovementsOf(company: Company, id: string, now: number): T.MovementView[] {
  const paid = company.invoices.filter((row) => row.customer === id && row.status === 'paid');
  const blank = { words: null, refers: null, until: null, answered: null };
  const none = { ...blank, invoice: null, invoiceNumber: null };
  const [first] = paid;
  if (!first) return [];
  const part = (share: number) => ({
    ...first.total,
    minor: Math.round(first.total.minor * share),
  });
  const given = paid.slice(0, 2).flatMap((row) => invoiceMovementsOf(row, now).movements);
  return [
    ...given,
    {
      ...none,
      id: `cbtxn_1${id.slice(4)}`,
      kind: 'balance',
      status: 'adjustment',
      at: now - 20 * DAY,
      amount: part(-0.1),
      words: 'Goodwill for the outage of 2 November',
    },
    {
      ...none,
      id: `credgr_1${id.slice(4)}`,
      kind: 'credit_grant',
      status: 'promotional',
      at: now - 30 * DAY,
      amount: part(0.5),
      words: 'Launch credits',
      until: now + 60 * DAY,
    },
    {
      ...none,
      id: `promo_1${id.slice(4)}`,
      kind: 'promotion_code',
      status: 'active',
      at: now - 50 * DAY,
      amount: null,
      words: 'WELCOME20',
      until: now + 40 * DAY,
    },
  ];
}

/** A paid invoice's money: the payment, its fee, its payout; every other one was refunded in part,
 * the rest disputed. */
export function invoiceMovementsOf(row: T.InvoiceRow, now: number): T.InvoiceMoney {
  if (row.status !== 'paid') return { movements: [], entries: [] };
  const share = (part: number) => ({ ...row.total, minor: Math.round(row.total.minor * part) });
  const at = row.paidAt ?? row.created;
  const refunded = row.id.charCodeAt(row.id.length - 3) % 2 === 0;
  const given: T.MovementView = {
    id: `${refunded ? 're' : 'dp'}_3${row.id.slice(4)}`,
    kind: refunded ? 'refund' : 'dispute',
    status: refunded ? 'succeeded' : 'needs_response',
    at: at + 2 * DAY,
    amount: share(refunded ? 0.2 : 1),
    words: refunded ? 'Requested by customer' : 'Product not received',
    refers: `ch_3${row.id.slice(4)}s`,
    until: refunded ? null : now + 4 * DAY,
    answered: refunded ? null : false,
    invoice: row.id,
    invoiceNumber: row.number,
  };
  const entry = (name: string, source: string, part: number, fee: number): T.BalanceEntryView => ({
    id: `txn_${name}${row.id.slice(4)}`,
    entryType: name,
    source,
    at: name === 'charge' ? at : given.at,
    amount: share(part),
    fee: share(fee),
    net: { ...row.total, minor: share(part).minor - share(fee).minor },
    exchangeRate: null,
    availableOn: name === 'charge' ? null : given.at + 2 * DAY,
    payout:
      name === 'charge'
        ? { id: `po_1${row.id.slice(4)}`, status: 'paid', at: at + 6 * DAY, amount: share(31) }
        : null,
  });
  return {
    movements: [given],
    entries: [
      entry('charge', `ch_3${row.id.slice(4)}s`, 1, 0.03),
      entry(refunded ? 'refund' : 'adjustment', given.id, refunded ? -0.2 : -1, 0),
    ],
  };
}
