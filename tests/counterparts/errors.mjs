// What the SDK makes of the account's refusals, and what it sees of expansion and idempotency.
import Stripe from "stripe";
import { client, report, required } from "./account.mjs";

const { errors } = Stripe;
const stripe = client();
const restricted = client({ key: required("RESTRICTED_KEY") });

/** The class, status and code of the error that `call` ends with. */
async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const kind = Object.entries(errors).find(([, type]) => error.constructor === type)?.[0];
    const { statusCode, code, param, requestId } = error;
    return { kind, statusCode, code, param, hasRequestId: Boolean(requestId) };
  }
  return { kind: "none" };
}

const [customer] = (await stripe.customers.list({ limit: 1 })).data;
const found = {
  wrong_key: await refusal(() => client({ key: "sk_test_wrong_key_of_some_length" }).customers.list()),
  publishable_key: await refusal(() =>
    client({ key: required("PUBLISHABLE_KEY") }).customers.list(),
  ),
  permission: await refusal(() => restricted.creditNotes.list()),
  write_permission: await refusal(() => restricted.customers.update(customer.id, { name: "X" })),
  unknown_id: await refusal(() => stripe.customers.retrieve("cus_doesnotexist00")),
  unknown_param: await refusal(() => stripe.customers.list({ colour: "green" })),
  limit: await refusal(() => stripe.customers.list({ limit: 101 })),
  both_cursors: await refusal(() =>
    stripe.customers.list({ starting_after: customer.id, ending_before: customer.id }),
  ),
  unknown_cursor: await refusal(() => stripe.customers.list({ starting_after: "cus_gone0000000000" })),
  expand: await refusal(() => stripe.customers.list({ expand: ["data.horoscope"] })),
};

// Idempotency.
const idempotencyKey = "counterpart-1";
const params = { name: "First name" };
await stripe.customers.update(customer.id, params, { idempotencyKey });
const again = await stripe.customers.update(customer.id, params, { idempotencyKey });
found.replayed = again.lastResponse.headers["idempotent-replayed"];
found.key_reused = await refusal(() =>
  stripe.customers.update(customer.id, { name: "Second name" }, { idempotencyKey }),
);
found.name = (await stripe.customers.retrieve(customer.id)).name;

// Expansion.
const invoices = await stripe.invoices.list({
  limit: 100,
  expand: ["data.payments", "data.customer", "data.discounts.source.coupon"],
});
found.expanded = invoices.data.every(
  ({ payments, customer }) => payments?.object === "list" && customer?.object === "customer",
);
const prices = await stripe.prices.list({ limit: 100, expand: ["data.tiers"] });
found.tiers = prices.data.filter(({ tiers }) => tiers?.length > 0).length;
found.plain_tiers = (await stripe.prices.list({ limit: 100 })).data.filter((it) => it.tiers).length;
const [subscription] = (await stripe.subscriptions.list({ limit: 1 })).data;
const whole = await stripe.subscriptions.retrieve(subscription.id, {
  expand: ["latest_invoice.payments"],
});
found.latest_invoice = whole.latest_invoice?.payments?.object;
report(found);
