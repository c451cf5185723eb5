/** What a table shows stands in its address: filter, order. So "back" brings it back. */
import { ALL_EVENTS, ALL_INVOICES, ALL_TENANTS, ALL_USAGE } from '../host/filters';
import type {
  Direction,
  EventFilter,
  InvoiceFilter,
  InvoiceSort,
  TenantFilter,
  TenantSort,
  UsageFilter,
  UsageSort,
} from '../host/types';

export interface TableSearch<Filter, Sort> {
  filter?: Partial<Filter> | undefined;
  sort?: Sort | undefined;
  direction?: Direction | undefined;
}

export type TenantsSearch = TableSearch<TenantFilter, TenantSort>;
export type InvoicesSearch = TableSearch<InvoiceFilter, InvoiceSort>;

const TENANT_SORTS: readonly string[] = [
  'name',
  'plan',
  'seats',
  'mrr',
  'balance',
  'past_due',
  'created',
] satisfies TenantSort[];
const INVOICE_SORTS: readonly string[] = [
  'finalized',
  'created',
  'number',
  'tenant',
  'total',
  'remaining',
  'due',
  'status',
] satisfies InvoiceSort[];

type Loose = Record<string, unknown>;

/** Keeps what has the shape of a filter and differs from "everything". */
function narrowed<Filter extends object>(all: Filter, given: unknown): Partial<Filter> | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const kept: Loose = {};
  for (const [name, usual] of Object.entries(all)) {
    const value = (given as Loose)[name];
    if (value === undefined || value === null || JSON.stringify(value) === JSON.stringify(usual)) {
      continue;
    }
    if (
      usual === null ||
      (Array.isArray(usual) ? Array.isArray(value) : typeof value === typeof usual)
    ) {
      kept[name] = value;
    }
  }
  return Object.keys(kept).length === 0 ? undefined : (kept as Partial<Filter>);
}

function directionOf(given: unknown): Direction | undefined {
  return given === 'ascending' || given === 'descending' ? given : undefined;
}

export function tenantsSearch(given: Loose): TenantsSearch {
  return {
    filter: narrowed(ALL_TENANTS, given['filter']),
    sort: TENANT_SORTS.includes(String(given['sort'])) ? (given['sort'] as TenantSort) : undefined,
    direction: directionOf(given['direction']),
  };
}

const USAGE_SORTS: readonly string[] = [
  'percent',
  'state',
  'plan',
  'name',
  'used',
  'remaining',
  'overage',
  'runs_out',
] satisfies UsageSort[];

export function usageSearch(given: Loose): TableSearch<UsageFilter, UsageSort> {
  return {
    filter: narrowed(ALL_USAGE, given['filter']),
    sort: USAGE_SORTS.includes(String(given['sort'])) ? (given['sort'] as UsageSort) : undefined,
    direction: directionOf(given['direction']),
  };
}

export function invoicesSearch(given: Loose): InvoicesSearch {
  return {
    filter: narrowed(ALL_INVOICES, given['filter']),
    sort: INVOICE_SORTS.includes(String(given['sort']))
      ? (given['sort'] as InvoiceSort)
      : undefined,
    direction: directionOf(given['direction']),
  };
}

export interface LogSearch {
  filter?: Partial<EventFilter> | undefined;
}

export function logSearch(given: Loose): LogSearch {
  return { filter: narrowed(ALL_EVENTS, given['filter']) };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayOf(given: unknown): string | undefined {
  return typeof given === 'string' && DAY.test(given) ? given : undefined;
}

export interface DaysSearch {
  from?: string | undefined;
  to?: string | undefined;
}

export function daysSearch(given: Loose): DaysSearch {
  return { from: dayOf(given['from']), to: dayOf(given['to']) };
}
