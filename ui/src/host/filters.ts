/** Filters that let everything pass; each screen starts from them. */
import type { InvoiceFilter, TenantFilter } from './types';

export const ALL_TENANTS: TenantFilter = {
  text: '',
  plans: [],
  statuses: [],
  currencies: [],
  pastDue: false,
  includeDeleted: false,
};

export const ALL_INVOICES: InvoiceFilter = {
  text: '',
  statuses: [],
  finalizedFrom: null,
  finalizedTo: null,
  plans: [],
  currencies: [],
  totalMin: null,
  totalMax: null,
  customer: null,
};
