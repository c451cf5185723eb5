/** Stripe's states in the words of a finance team, each with its meaning (look: four meanings). */

/** Within: nothing to do. Near: look at it. Over: act. Done: proven. Off: no longer counts. */
export type Meaning = 'within' | 'near' | 'over' | 'done' | 'off';

export interface StateWords {
  words: string;
  meaning: Meaning;
}

const SUBSCRIPTION: Readonly<Record<string, StateWords>> = {
  active: { words: 'Active', meaning: 'within' },
  trialing: { words: 'Trial', meaning: 'near' },
  past_due: { words: 'Past due', meaning: 'over' },
  unpaid: { words: 'Unpaid', meaning: 'over' },
  incomplete: { words: 'First payment open', meaning: 'near' },
  incomplete_expired: { words: 'Never started', meaning: 'off' },
  canceled: { words: 'Cancelled', meaning: 'off' },
  paused: { words: 'Paused', meaning: 'off' },
  none: { words: 'No subscription', meaning: 'off' },
  // States that Stripe has no status for: only the filter knows them.
  trial_ending: { words: 'Trial ends within 7 days', meaning: 'near' },
  cancelling: { words: 'Leaving', meaning: 'near' },
};

const INVOICE: Readonly<Record<string, StateWords>> = {
  draft: { words: 'Draft', meaning: 'off' },
  open: { words: 'Open', meaning: 'within' },
  past_due: { words: 'Past due', meaning: 'over' },
  paid: { words: 'Paid', meaning: 'done' },
  uncollectible: { words: 'Written off', meaning: 'over' },
  void: { words: 'Void', meaning: 'off' },
  payment_failed: { words: 'Payment failed', meaning: 'over' },
  draft_old: { words: 'Draft for over 3 days', meaning: 'near' },
};

const PAYMENT: Readonly<Record<string, StateWords>> = {
  succeeded: { words: 'Paid', meaning: 'done' },
  failed: { words: 'Failed', meaning: 'over' },
  pending: { words: 'On its way', meaning: 'near' },
  canceled: { words: 'Cancelled', meaning: 'off' },
  out_of_band: { words: 'Paid outside Stripe', meaning: 'done' },
};

const CREDIT_NOTE: Readonly<Record<string, StateWords>> = {
  issued: { words: 'Issued', meaning: 'done' },
  void: { words: 'Void', meaning: 'off' },
};

const REFUND: Readonly<Record<string, StateWords>> = {
  succeeded: { words: 'Given back', meaning: 'done' },
  pending: { words: 'On its way', meaning: 'near' },
  requires_action: { words: 'Waits for the tenant', meaning: 'near' },
  failed: { words: 'Came back', meaning: 'over' },
  canceled: { words: 'Cancelled', meaning: 'off' },
};

const DISPUTE: Readonly<Record<string, StateWords>> = {
  needs_response: { words: 'Answer needed', meaning: 'over' },
  under_review: { words: 'With the bank', meaning: 'near' },
  won: { words: 'Won', meaning: 'done' },
  lost: { words: 'Lost', meaning: 'off' },
  prevented: { words: 'Prevented', meaning: 'done' },
  warning_needs_response: { words: 'Inquiry to answer', meaning: 'near' },
  warning_under_review: { words: 'Inquiry with the bank', meaning: 'within' },
  warning_closed: { words: 'Inquiry closed', meaning: 'off' },
};

const PAYOUT: Readonly<Record<string, StateWords>> = {
  paid: { words: 'In the bank', meaning: 'done' },
  in_transit: { words: 'On its way', meaning: 'near' },
  pending: { words: 'Planned', meaning: 'within' },
  failed: { words: 'Failed', meaning: 'over' },
  canceled: { words: 'Cancelled', meaning: 'off' },
};

/** What moved a tenant's account balance, or a credit. */
const MOVED: Readonly<Record<string, string>> = {
  adjustment: 'Adjusted by hand',
  applied_to_invoice: 'Used on an invoice',
  unapplied_from_invoice: 'Back from an invoice',
  credit_note: 'From a credit note',
  initial: 'Opening balance',
  invoice_overpaid: 'Overpaid',
  invoice_too_large: 'Carried over, too large to charge',
  invoice_too_small: 'Carried over, too small to charge',
  migration: 'Moved from an older balance',
  unspent_receiver_credit: 'Transfer that was not spent',
  credits_applied: 'Used on an invoice',
  credits_expired: 'Expired',
  credits_voided: 'Voided',
  credits_granted: 'Granted',
  credits_application_invoice_voided: 'Back from a voided invoice',
  promotional: 'Granted as a promotion',
  paid: 'Granted against payment',
  voided: 'Grant, voided',
};

/** What moved the company's balance at Stripe. */
const ENTRY: Readonly<Record<string, string>> = {
  charge: 'Payment',
  payment: 'Payment',
  refund: 'Refund',
  payment_refund: 'Refund',
  refund_failure: 'Refund that came back',
  payment_failure_refund: 'Payment that failed later',
  adjustment: 'Adjustment',
};

const EVENT: Readonly<Record<string, StateWords>> = {
  waiting: { words: 'Waiting', meaning: 'near' },
  payload: { words: 'Applied', meaning: 'done' },
  refetched: { words: 'Read again', meaning: 'done' },
  nothing: { words: 'Not kept here', meaning: 'off' },
  held: { words: 'Known already', meaning: 'off' },
  failed: { words: 'Not applied', meaning: 'over' },
};

const PROOF: Readonly<Record<string, StateWords>> = {
  green: { words: 'Proven', meaning: 'done' },
  amber: { words: 'Proof due', meaning: 'near' },
  red: { words: 'Not whole', meaning: 'over' },
};

/** A word that Stripe adds later is shown as it is, without underscores. */
function plainWords(state: string): string {
  const plain = state.replaceAll('_', ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function lookUp(table: Readonly<Record<string, StateWords>>, state: string): StateWords {
  return table[state] ?? { words: plainWords(state), meaning: 'within' };
}

export const subscriptionState = (state: string | null): StateWords =>
  lookUp(SUBSCRIPTION, state ?? 'none');
export const paymentState = (outcome: string): StateWords => lookUp(PAYMENT, outcome);
export const creditNoteState = (state: string): StateWords => lookUp(CREDIT_NOTE, state);
export const refundState = (state: string): StateWords => lookUp(REFUND, state);
export const disputeState = (state: string): StateWords => lookUp(DISPUTE, state);
export const payoutState = (state: string): StateWords => lookUp(PAYOUT, state);
export const movedWords = (type: string): string => MOVED[type] ?? plainWords(type);
/** "Payment", "Refund", "Dispute": by what moved it, else by Stripe's word for its type. */
export const entryWords = (type: string, source: string): string =>
  /^(?:dp|du)_/.test(source) ? 'Dispute' : (ENTRY[type] ?? plainWords(type));
export const eventState = (outcome: string): StateWords => lookUp(EVENT, outcome);
export const proofState = (state: string): StateWords => lookUp(PROOF, state);
export const proofMeaning = (state: string): 'done' | 'near' | 'over' =>
  state === 'green' ? 'done' : state === 'red' ? 'over' : 'near';
export const invoiceState = (state: string, pastDue = false): StateWords =>
  lookUp(INVOICE, pastDue && state === 'open' ? 'past_due' : state);

/** What can be chosen in a filter, in the order of the menu. */
export const SUBSCRIPTION_STATES = [
  'active',
  'trialing',
  'trial_ending',
  'cancelling',
  'past_due',
  'unpaid',
  'incomplete',
  'paused',
  'canceled',
  'none',
] as const;
export const INVOICE_STATES = [
  'draft',
  'draft_old',
  'open',
  'past_due',
  'payment_failed',
  'paid',
  'uncollectible',
  'void',
] as const;

export const EVENT_OUTCOMES = [
  'waiting',
  'payload',
  'refetched',
  'held',
  'nothing',
  'failed',
] as const;

const SOURCES: Readonly<Record<string, string>> = {
  backfill: 'Seen in a load',
  event: 'Seen in an event',
  webhook: 'Seen in a webhook',
  action: 'By Meterdesk',
  proof: 'Seen in a completeness check',
};

/** How a version was seen. */
export const sourceWords = (source: string): string => SOURCES[source] ?? source;
