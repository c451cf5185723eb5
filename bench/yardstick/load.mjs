// The yardstick: every list of a Stripe account, read with the official SDK's own paging, into
// SQLite: the raw JSON and the columns, a transaction a thousand objects. Prints one JSON line.
//
//   STRIPE_API_KEY=sk_test_… node load.mjs http://127.0.0.1:PORT FILE.sqlite

import { statSync } from "node:fs";
import Database from "better-sqlite3";
import Stripe from "stripe";

import { TABLES } from "./columns.mjs";

/** Objects in a transaction. */
const BATCH = 1000;

const [base, file] = process.argv.slice(2);
const address = new URL(base);
if (!["127.0.0.1", "localhost", "[::1]"].includes(address.hostname)) {
  throw new Error("the yardstick talks to this machine alone");
}
const stripe = new Stripe(process.env.STRIPE_API_KEY, {
  host: address.hostname,
  port: address.port,
  protocol: "http",
  maxNetworkRetries: 3,
});

const database = new Database(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = NORMAL");
const insert = {};
for (const [table, columns] of Object.entries(TABLES)) {
  const names = columns.map((column) => `"${column.name}"`);
  const all = `${names.join(", ")}, raw TEXT, PRIMARY KEY ("id")`;
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (${all})`);
  const marks = names.map(() => "?").join(", ");
  insert[table] = database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${marks}, ?)`);
}

let objects = 0;
let rawBytes = 0;

function put(table, object, raw) {
  insert[table].run(...TABLES[table].map((column) => column.read(object)), raw);
}

const store = database.transaction((table, batch) => {
  for (const object of batch) {
    const raw = JSON.stringify(object);
    rawBytes += Buffer.byteLength(raw);
    objects += 1;
    put(table, object, raw);
    if (table === "invoices") {
      for (const line of object.lines.data) put("invoice_lines", line, null);
    }
    if (table === "subscriptions") {
      for (const item of object.items.data) put("subscription_items", item, null);
    }
  }
});

async function load(table, list) {
  let batch = [];
  for await (const object of list) {
    batch.push(object);
    if (batch.length === BATCH) {
      store(table, batch);
      batch = [];
    }
  }
  store(table, batch);
}

const started = process.hrtime.bigint();
const limit = 100;
await load("products", stripe.products.list({ limit }));
await load("prices", stripe.prices.list({ limit, expand: ["data.tiers"] }));
await load("coupons", stripe.coupons.list({ limit }));
await load("tax_rates", stripe.taxRates.list({ limit }));
await load("customers", stripe.customers.list({ limit }));
await load("subscriptions", stripe.subscriptions.list({ limit, status: "all" }));
await load("invoices", stripe.invoices.list({ limit, expand: ["data.discounts"] }));
await load("invoice_payments", stripe.invoicePayments.list({ limit }));
await load("payment_intents", stripe.paymentIntents.list({ limit }));
await load("charges", stripe.charges.list({ limit }));
await load("credit_notes", stripe.creditNotes.list({ limit }));
database.pragma("wal_checkpoint(TRUNCATE)");
database.close();
const seconds = Number(process.hrtime.bigint() - started) / 1e9;

console.log(
  JSON.stringify({ objects, seconds, rawBytes, fileBytes: statSync(file).size }),
);
