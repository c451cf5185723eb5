/** What the fake desk says about a key, by its prefix. */
import type { KeyCheck, KeyKind, Mode, PermissionRow } from '../types';

const NEEDED: [what: string, slug: string, withoutIt: string][] = [
  ['Customers', 'rak_customer_read', 'No tenants, no names on invoices'],
  ['Subscriptions', 'rak_subscription_read', 'No plan, no seats, no MRR'],
  ['Invoices', 'rak_invoice_read', 'No invoices'],
  ['Products', 'rak_product_read', 'Plans have no names'],
  ['Prices', 'rak_plan_read', 'No MRR'],
  ['Coupons', 'rak_coupon_read', 'Discounts have no words'],
  ['Credit notes', 'rak_credit_note_read', 'No credit notes'],
  ['Charges', 'rak_charge_read', 'No payment attempts, no decline reasons'],
  ['Payment intents', 'rak_payment_intent_read', 'No payments under way'],
  ['Tax rates', 'rak_tax_rate_read', 'Taxes have no names'],
  ['Events', 'rak_event_read', 'Updates read every list again'],
];

function kindOf(key: string): KeyKind {
  if (key.startsWith('rk_')) return 'restricted';
  if (key.startsWith('sk_org_')) return 'organisation';
  if (key.startsWith('sk_')) return 'secret';
  if (key.startsWith('pk_')) return 'publishable';
  return key.startsWith('whsec_') ? 'webhook_secret' : 'unknown';
}

const NOTES: Record<KeyKind, string[]> = {
  restricted: [],
  secret: [
    'This is a secret key: it may change and delete everything in the account. Meterdesk only ' +
      'reads, so a restricted key is enough and safer.',
  ],
  publishable: ['This is a publishable key: it belongs on a website and cannot read invoices.'],
  organisation: ['This is an organisation key. Use a restricted key of one account.'],
  webhook_secret: ['This is the signing secret of a webhook, not a key.'],
  unknown: ['This is not a key of Stripe. A restricted key begins with rk_live_ or rk_test_.'],
};

export function keyCheckOf(key: string): KeyCheck {
  const kind = kindOf(key);
  const usable = kind === 'restricted' || kind === 'secret';
  const mode: Mode = key.includes('_live_') ? 'live' : 'test';
  const partial = key.includes('partial');
  const notes = [...NOTES[kind]];
  if (usable && mode === 'live') {
    notes.push(
      'This is a live key: the books will hold real customers. Only people who may see this data ' +
        'should use this computer account.',
    );
  }
  const permissions: PermissionRow[] = NEEDED.map(([what, slug, withoutIt], at) => ({
    what,
    slug,
    withoutIt,
    granted: !partial || at < 9,
  }));
  return {
    kind,
    mode: usable ? mode : null,
    accountName: usable ? 'Northwind Mail' : null,
    stripeAccount: usable ? 'acct_1QLiveAbCdEf07Xk' : null,
    usable,
    notes,
    permissions: usable ? permissions : [],
  };
}
