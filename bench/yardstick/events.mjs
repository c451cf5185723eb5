// The yardstick for catching up: the events since a moment, read with the official SDK's own
// paging; of each object that they speak of the newest state goes into the table that load.mjs
// made, a transaction a thousand objects. Prints one JSON line.
//
//   STRIPE_API_KEY=sk_test_… node events.mjs http://127.0.0.1:PORT FILE.sqlite SECONDS

import Database from "better-sqlite3";
import Stripe from "stripe";

import { TABLES } from "./columns.mjs";

/** Objects in a transaction. */
const BATCH = 1000;
/** The tables that kinds of objects belong to. */
const TABLE_OF = {};
for (const table of Object.keys(TABLES)) TABLE_OF[table.slice(0, -1)] = table;

const [base, file, since] = process.argv.slice(2);
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
const statements = {};
function statement(table) {
  const columns = TABLES[table];
  const marks = columns.map(() => "?").join(", ");
  statements[table] ??= database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${marks}, ?)`);
  return statements[table];
}

const store = database.transaction((batch) => {
  for (const { table, object, deleted } of batch) {
    if (deleted) {
      database.prepare(`DELETE FROM ${table} WHERE "id" = ?`).run(object.id);
    } else {
      const values = TABLES[table].map((column) => column.read(object));
      statement(table).run(...values, JSON.stringify(object));
    }
  }
});

const seen = new Set();
let objects = 0;
let batch = [];
// The newest event comes first, so the first of an object is its state.
for await (const event of stripe.events.list({ limit: 100, created: { gte: Number(since) } })) {
  const object = event.data.object;
  const table = TABLE_OF[object.object];
  if (!table || seen.has(object.id)) continue;
  seen.add(object.id);
  objects += 1;
  batch.push({ table, object, deleted: event.type.endsWith(".deleted") });
  if (batch.length === BATCH) {
    store(batch);
    batch = [];
  }
}
store(batch);
database.pragma("wal_checkpoint(TRUNCATE)");
database.close();

console.log(JSON.stringify({ objects }));
