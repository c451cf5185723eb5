// The simulated account as the official SDK sees it: address and key come from the environment.
import Stripe from "stripe";

/** A client of the account; options go on top. */
export function client(options = {}) {
  const address = new URL(required("ACCOUNT_URL"));
  return new Stripe(options.key ?? required("ACCOUNT_KEY"), {
    host: address.hostname,
    port: address.port,
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
    ...options.config,
  });
}

/** A variable of the environment, or a failure that names it. */
export function required(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: the suite starts these scripts, not a person.`);
  }
  return value;
}

/** Prints what was found as one JSON document, which is all that the suite reads. */
export function report(found) {
  process.stdout.write(JSON.stringify(found));
}
