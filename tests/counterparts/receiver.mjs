// A webhook endpoint as the SDK's users write one: it verifies the raw body and answers 200, or 400
// for what the SDK refuses. It prints its port, and ends with its standard input.
import { createServer } from "node:http";
import Stripe from "stripe";
import { report, required } from "./account.mjs";

const { StripeSignatureVerificationError } = Stripe.errors;
const { webhooks } = new Stripe("sk_test_unused");
const secret = required("WEBHOOK_SECRET");
const receivedAt = Number(required("RECEIVED_AT")) * 1000;
const tolerance = 300;

/** The event's id where the SDK takes it; nothing where its signature is refused. */
function taken(body, header) {
  try {
    return webhooks.constructEvent(body, header, secret, tolerance, undefined, receivedAt).id;
  } catch (error) {
    if (error instanceof StripeSignatureVerificationError) return null;
    throw error;
  }
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const id = taken(Buffer.concat(parts), request.headers["stripe-signature"]);
  response.writeHead(id ? 200 : 400, { connection: "close" }).end();
});
server.listen(0, "127.0.0.1", () => {
  report({ port: server.address().port });
  process.stdout.write("\n");
});
process.stdin.resume().on("end", () => process.exit(0));
