// Pages through every list with the SDK's own auto-paging and reports the identifiers found.
import { client, report } from "./account.mjs";

const stripe = client();
const LIMIT = Number(process.env.PAGE_LIMIT ?? 100);

/** Every object of a list, newest first. */
async function all(list) {
  const objects = [];
  for await (const object of list) {
    objects.push(object);
  }
  return objects;
}

const ids = (objects) => objects.map((object) => object.id);

const lists = {
  customer: () => stripe.customers.list({ limit: LIMIT }),
  product: () => stripe.products.list({ limit: LIMIT }),
  price: () =>
    stripe.prices.list({ limit: LIMIT, expand: ["data.tiers", "data.currency_options"] }),
  coupon: () => stripe.coupons.list({ limit: LIMIT }),
  tax_rate: () => stripe.taxRates.list({ limit: LIMIT }),
  subscription: () =>
    stripe.subscriptions.list({ limit: LIMIT, status: "all", expand: ["data.discounts"] }),
  invoice: () => stripe.invoices.list({ limit: LIMIT, expand: ["data.discounts"] }),
  invoice_payment: () => stripe.invoicePayments.list({ limit: LIMIT }),
  payment_intent: () => stripe.paymentIntents.list({ limit: LIMIT }),
  charge: () => stripe.charges.list({ limit: LIMIT }),
  credit_note: () => stripe.creditNotes.list({ limit: LIMIT }),
  event: () => stripe.events.list({ limit: LIMIT }),
};

const found = {};
const objects = {};
for (const [kind, list] of Object.entries(lists)) {
  objects[kind] = await all(list());
  found[kind] = ids(objects[kind]);
}

// Backwards: from the oldest towards the newest, in the order in which the SDK walks.
const oldest = found.invoice.at(-1);
found.invoice_backwards = oldest
  ? ids(await all(stripe.invoices.list({ limit: LIMIT, ending_before: oldest })))
  : [];

// What hangs below other objects.
found.balance_transaction = [];
found.payment_method = [];
for (const { id } of objects.customer) {
  const entries = stripe.customers.listBalanceTransactions(id, { limit: LIMIT });
  found.balance_transaction.push(...ids(await all(entries)));
  found.payment_method.push(...ids(await all(stripe.customers.listPaymentMethods(id))));
}
found.lines = 0;
for (const invoice of objects.invoice.filter(({ lines }) => lines.has_more)) {
  const lines = await all(stripe.invoices.listLineItems(invoice.id, { limit: 3 }));
  found.lines += lines.length;
  found.long_invoices = (found.long_invoices ?? 0) + 1;
  const sum = lines.reduce((total, { amount }) => total + amount, 0);
  if (sum !== invoice.subtotal || new Set(ids(lines)).size !== lines.length) {
    throw new Error(`The lines of ${invoice.id} add up to ${sum}, not to ${invoice.subtotal}.`);
  }
}
report(found);
