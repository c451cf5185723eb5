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
  refund: () => stripe.refunds.list({ limit: LIMIT }),
  dispute: () => stripe.disputes.list({ limit: LIMIT }),
  stripe_balance_transaction: () => stripe.balanceTransactions.list({ limit: LIMIT }),
  payout: () => stripe.payouts.list({ limit: LIMIT }),
  credit_grant: () => stripe.billing.creditGrants.list({ limit: LIMIT }),
  credit_transaction: () => stripe.billing.creditBalanceTransactions.list({ limit: LIMIT }),
  meter: () => stripe.billing.meters.list({ limit: LIMIT }),
  promotion_code: () => stripe.promotionCodes.list({ limit: LIMIT }),
  schedule: () => stripe.subscriptionSchedules.list({ limit: LIMIT }),
  invoice_item: () => stripe.invoiceItems.list({ limit: LIMIT }),
  test_clock: () => stripe.testHelpers.testClocks.list({ limit: LIMIT }),
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
// What few have: a test clock's customers, a meter's windows, what is left of credits.
const [clock] = objects.test_clock;
found.on_clock = (await all(stripe.customers.list({ test_clock: clock.id }))).length;
const day = 86_400;
const end_time = Math.floor(objects.event[0].created / day) * day;
const windows = await all(
  stripe.billing.meters.listEventSummaries(objects.meter[0].id, {
    customer: objects.customer.at(-1).id,
    start_time: end_time - 20 * day,
    end_time,
    value_grouping_window: "day",
    limit: Math.min(LIMIT, 7),
  }),
);
found.windows = new Set(ids(windows)).size;
const summary = await stripe.billing.creditBalanceSummaries.retrieve({
  customer: objects.credit_grant[0].customer,
  filter: { type: "applicability_scope", applicability_scope: { price_type: "metered" } },
});
found.credits_left = summary.balances[0].available_balance.monetary.value;

// From a charge to its fee and its payout.
const paid = objects.stripe_balance_transaction.find(({ type }) => type === "charge");
const [older] = objects.payout.slice(-1);
const within = await all(stripe.balanceTransactions.list({ payout: older.id, limit: LIMIT }));
const out = within.filter(({ type }) => type === "payout");
const rest = within.filter(({ type }) => type !== "payout");
found.payout_adds_up =
  out.length === 1 && -out[0].net === rest.reduce((total, { net }) => total + net, 0);
found.charge_and_fee = (await stripe.charges.retrieve(paid.source)).balance_transaction === paid.id;

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
