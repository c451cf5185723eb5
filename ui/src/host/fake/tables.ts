/** The fake desk's tables: filters, sorts and sums as the real one does them in SQL. */
import type { TableQuery } from '../host';
import type * as T from '../types';

const folded = (text: string) => text.toLowerCase();

function hasWords(text: string, fields: readonly (string | null)[]): boolean {
  const hay = folded(fields.filter(Boolean).join(' '));
  return folded(text)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

const among = (wanted: readonly string[], value: string | null) =>
  wanted.length === 0 || wanted.includes(value ?? 'none');

function passesTenant(row: T.TenantRow, filter: T.TenantFilter): boolean {
  return (
    hasWords(filter.text, [row.name, row.email, row.id, row.tenantId]) &&
    among(filter.plans, row.plan) &&
    among(filter.statuses, row.status) &&
    among(filter.currencies, row.mrr?.currency ?? null) &&
    (!filter.pastDue || (row.pastDue?.minor ?? 0) > 0) &&
    (filter.includeDeleted || !row.deleted)
  );
}

type Key = string | number;

function ordered<Row>(rows: Row[], key: (row: Row) => Key, direction: T.Direction): Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return 0;
    return left < right ? -sign : sign;
  });
}

const TENANT_KEYS: Record<T.TenantSort, (row: T.TenantRow) => Key> = {
  name: (row) => folded(row.name),
  plan: (row) => row.plan ?? '',
  seats: (row) => row.seats ?? -1,
  mrr: (row) => row.mrr?.minor ?? 0,
  balance: (row) => row.balance?.minor ?? 0,
  past_due: (row) => row.pastDue?.minor ?? 0,
  created: (row) => row.created,
};

export function tenantPage(
  all: readonly T.TenantRow[],
  { filter, sort, direction, first, count }: TableQuery<T.TenantFilter, T.TenantSort>,
): T.TenantPage {
  const rows = ordered(
    all.filter((row) => passesTenant(row, filter)),
    TENANT_KEYS[sort],
    direction,
  );
  return { total: rows.length, first, rows: rows.slice(first, first + count) };
}

function statusPasses(row: T.InvoiceRow, statuses: readonly string[]): boolean {
  if (statuses.length === 0 || statuses.includes(row.status)) return true;
  return row.pastDue && (statuses.includes('past_due') || statuses.includes('payment_failed'));
}

const isoDay = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

function passesInvoice(row: T.InvoiceRow, filter: T.InvoiceFilter): boolean {
  const day = row.finalizedAt === null ? null : isoDay(row.finalizedAt);
  return (
    hasWords(filter.text, [row.number, row.tenant, row.id]) &&
    statusPasses(row, filter.statuses) &&
    among(filter.plans, row.plan) &&
    among(filter.currencies, row.total.currency) &&
    (filter.finalizedFrom === null || (day !== null && day >= filter.finalizedFrom)) &&
    (filter.finalizedTo === null || (day !== null && day <= filter.finalizedTo)) &&
    (filter.totalMin === null || row.total.minor >= filter.totalMin) &&
    (filter.totalMax === null || row.total.minor <= filter.totalMax) &&
    (filter.customer === null || row.customer === filter.customer)
  );
}

const INVOICE_KEYS: Record<T.InvoiceSort, (row: T.InvoiceRow) => Key> = {
  finalized: (row) => row.finalizedAt ?? row.created,
  created: (row) => row.created,
  number: (row) => row.number ?? '',
  tenant: (row) => folded(row.tenant),
  total: (row) => row.total.minor,
  remaining: (row) => row.remaining.minor,
  due: (row) => row.dueAt ?? 0,
  status: (row) => row.status,
};

export function invoicePage(
  all: readonly T.InvoiceRow[],
  { filter, sort, direction, first, count }: TableQuery<T.InvoiceFilter, T.InvoiceSort>,
): T.InvoicePage {
  const rows = ordered(
    all.filter((row) => passesInvoice(row, filter)),
    INVOICE_KEYS[sort],
    direction,
  );
  return { total: rows.length, first, rows: rows.slice(first, first + count) };
}

/** Per currency; drafts left out, void ones apart. */
export function totalsOf(all: readonly T.InvoiceRow[], filter: T.InvoiceFilter): T.InvoiceTotals[] {
  const sums = new Map<string, T.InvoiceTotals>();
  for (const row of all) {
    if (!passesInvoice(row, filter)) continue;
    const { currency } = row.total;
    const zero: T.Amount = { ...row.total, minor: 0 };
    const sum = sums.get(currency) ?? {
      currency,
      invoices: 0,
      total: zero,
      paid: zero,
      remaining: zero,
      writtenOff: zero,
      voidInvoices: 0,
      voidTotal: zero,
      drafts: 0,
    };
    sums.set(currency, added(sum, row));
  }
  return [...sums.values()].sort((a, b) => b.invoices - a.invoices);
}

const plus = (amount: T.Amount, minor: number): T.Amount => ({
  ...amount,
  minor: amount.minor + minor,
});

function added(sum: T.InvoiceTotals, row: T.InvoiceRow): T.InvoiceTotals {
  if (row.status === 'draft') return { ...sum, drafts: sum.drafts + 1 };
  if (row.status === 'void') {
    return {
      ...sum,
      voidInvoices: sum.voidInvoices + 1,
      voidTotal: plus(sum.voidTotal, row.total.minor),
    };
  }
  return {
    ...sum,
    invoices: sum.invoices + 1,
    total: plus(sum.total, row.total.minor),
    paid: plus(sum.paid, row.total.minor - row.remaining.minor),
    remaining: plus(sum.remaining, row.remaining.minor),
    writtenOff: plus(sum.writtenOff, row.status === 'uncollectible' ? row.remaining.minor : 0),
  };
}
