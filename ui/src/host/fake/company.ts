/** A made-up company for tests and for the page without a desktop: the same for the same seed. */
import type { Amount, InvoiceRow, TenantRow } from '../types';

export interface Company {
  tenants: TenantRow[];
  invoices: InvoiceRow[];
}

const DAY = 86_400;

/** A small generator with a known sequence (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FIRST = (
  'Alder Bluepine Caldera Dovetail Eastgate Fjord Granite Hoshino Inkwell Juniper Kestrel Lumen ' +
  'Marlow Nadir Orchard Pemberton Quarry Redshank Saltmarsh Tidewater Umbra Verano Windmill Xenon ' +
  'Yarrow Zephyr Amber Birch Cobalt Drift'
).split(' ');
const SECOND = [
  '& Finch Logistics',
  'Insurance Brokers',
  'Field Services',
  'Clinics',
  'Property Partners',
  'Freight AS',
  '& Sons Builders',
  'Trading KK',
  'Press',
  'Energy Cooperative',
  'Aviation Parts',
  'Legal LLP',
  'Veterinary Group',
  'Al-Kuwaiti Trading',
  'Dental',
  'Wines',
  'Schools Trust',
  'Software',
  'Marine',
  'Studio',
];
const LONG = [
  'Vereinigte Oberschwäbische Versicherungsmakler Gesellschaft mb',
  'The Royal Northumberland & Tyneside Agricultural Cooperative S',
];
const PLANS = ['Free', 'Starter', 'Professional', 'Enterprise'] as const;
const CURRENCIES: [string, number][] = [
  ['USD', 2],
  ['EUR', 2],
  ['GBP', 2],
  ['JPY', 0],
  ['KWD', 3],
];

const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[], at: number): Item => {
  const found = items[Math.min(items.length - 1, Math.floor(at * items.length))];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

function money(minor: number, currency: [string, number]): Amount {
  return { minor: Math.round(minor), currency: currency[0], exponent: currency[1] };
}

/** Dollars in the minor units of a currency, roughly at its worth. */
function priced(dollars: number, [code, exponent]: [string, number]): number {
  const worth = code === 'JPY' ? 150 : code === 'KWD' ? 0.31 : 0.9;
  return Math.round(dollars * worth) * 10 ** exponent;
}

function tenantAt(rank: number, now: number): { row: TenantRow; currency: [string, number] } {
  const next = sequence(rank * 7919 + 11);
  const chosen = next();
  const currency: [string, number] =
    chosen < 0.55
      ? ['USD', 2]
      : pick(CURRENCIES.slice(1) as [string, number][], (chosen - 0.55) / 0.45);
  const plan = pick(
    ['Free', 'Starter', 'Starter', 'Professional', 'Professional', 'Enterprise'],
    next(),
  );
  const planAt = PLANS.indexOf(plan as (typeof PLANS)[number]);
  const seats = [1, 5, 20, 250][planAt] ?? 1;
  const used = Math.max(1, Math.round(seats * (0.3 + next() * 0.7)));
  const long = rank % 40 === 12;
  const name = long
    ? pick(LONG, next())
    : `${FIRST[rank % FIRST.length]} ${SECOND[(rank * 7 + Math.floor(rank / 30)) % SECOND.length]}`;
  const chance = next();
  const status =
    rank % 37 === 5
      ? null
      : chance < 0.8
        ? 'active'
        : pick(['trialing', 'past_due', 'canceled', 'paused'], next());
  const alive = status === 'active' || status === 'past_due';
  const mrr = alive ? priced(used * ([0, 33, 77, 90][planAt] ?? 0), currency) : 0;
  const late = status === 'past_due' ? mrr : 0;
  return {
    currency,
    row: {
      id: `cus_R8s${String(rank).padStart(6, '0')}Qd`,
      name,
      tenantId: rank % 11 === 3 ? null : String(10_400 + rank),
      email: `billing@${(FIRST[rank % FIRST.length] ?? 'a').toLowerCase()}${rank}.example`,
      plan: status === null ? null : plan,
      seats: status === null ? null : used,
      status,
      mrr: money(rank === 3 ? 99_999_999_900 : mrr, currency),
      balance: money(rank % 13 === 4 ? -priced(50, currency) : 0, currency),
      pastDue: money(rank === 3 ? 12_345_678_901 : late, currency),
      pastDueOtherCurrencies: rank === 3 ? 1 : 0,
      created: now - Math.round(next() * 540) * DAY - 3600,
      deleted: rank % 101 === 90,
    },
  };
}

function invoiceStatus(chance: number): string {
  if (chance < 0.86) return 'paid';
  if (chance < 0.93) return 'open';
  if (chance < 0.96) return 'void';
  return chance < 0.98 ? 'draft' : 'uncollectible';
}

function invoicesOf(tenant: TenantRow, currency: [string, number], rank: number, now: number) {
  const next = sequence(rank * 104_729 + 3);
  const rows: InvoiceRow[] = [];
  const months = Math.min(17, Math.floor((now - tenant.created) / (30 * DAY)));
  for (let month = 0; month < months; month += 1) {
    const status = invoiceStatus(next());
    const at = now - month * 30 * DAY - (rank % 27) * DAY - 7200;
    const total = Math.max(100, (tenant.mrr?.minor ?? 0) + Math.round(next() * 4000));
    const late = status === 'open' && month > 0;
    rows.push({
      id: `in_1Q${String(rank).padStart(5, '0')}${String(month).padStart(2, '0')}Kx`,
      number: status === 'draft' ? null : `NW-${20_000 + rank * 18 + month}`,
      customer: tenant.id,
      tenant: tenant.name,
      status,
      pastDue: late,
      plan: tenant.plan,
      total: money(total, currency),
      remaining: money(status === 'open' || status === 'uncollectible' ? total : 0, currency),
      created: at - 3600,
      finalizedAt: status === 'draft' ? null : at,
      dueAt: status === 'draft' ? null : at + 14 * DAY,
      paidAt: status === 'paid' ? at + Math.round(next() * 3) * DAY : null,
    });
  }
  return rows;
}

/** `count` tenants with their invoices, newest first. */
export function company(count: number, now: number): Company {
  const made = Array.from({ length: count }, (_, rank) => tenantAt(rank, now));
  const invoices = made.flatMap(({ row, currency }, rank) => invoicesOf(row, currency, rank, now));
  return { tenants: made.map(({ row }) => row), invoices };
}

/** One tenant of a table too long to hold. */
export function farTenant(rank: number, now: number): TenantRow {
  return tenantAt(rank, now).row;
}
