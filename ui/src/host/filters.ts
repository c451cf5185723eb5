/** Filters that let everything pass, and the choices that nobody made yet. */
import type { EventFilter, InvoiceFilter, Settings, TenantFilter, UsageFilter } from './types';

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

export const ALL_EVENTS: EventFilter = {
  text: '',
  typePrefix: '',
  object: '',
  customer: '',
  from: null,
  to: null,
  outcome: null,
  elsewhereOnly: false,
};

export const ALL_USAGE: UsageFilter = {
  usageType: 'ai_credit',
  text: '',
  plans: [],
  states: [],
  percentMin: null,
  percentMax: null,
};

/** The desk's own defaults. */
export const USUAL_SETTINGS: Settings = {
  theme: 'system',
  comfortableRows: false,
  zone: 'UTC',
  entityName: '',
  lockAfterMinutes: 15,
  liveSharePercent: 40,
};
