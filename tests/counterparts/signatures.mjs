// Headers that the SDK itself makes, the good ones and the bad ones, and whether it takes them.
import Stripe from "stripe";
import { report } from "./account.mjs";

const { webhooks } = new Stripe("sk_test_unused");
const now = 1_795_349_820;
const secret = "whsec_test_secret";
const tolerance = 300;
const plain = '{"id":"evt_test_webhook","object":"event"}';

/** A header of the SDK's own making; what is not said is as it should be. */
const made = ({ timestamp = now, payload = plain, ...more } = {}) =>
  webhooks.generateTestHeaderString({ timestamp, payload, secret, ...more });
/** Its signature alone. */
const signature = (options) => made(options).split("v1=")[1];

const cases = [];
function add(what, header, payload = plain) {
  let taken = true;
  try {
    webhooks.constructEvent(payload, header, secret, tolerance, undefined, now * 1000);
  } catch {
    taken = false;
  }
  cases.push({ what, header, payload, taken });
}

const spaced = '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}';
for (const payload of [plain, spaced, '{"id":"evt_ü","object":"event","n":"日本"}']) {
  add("a body as it was signed", made({ payload }), payload);
  add("a body that is longer", made({ payload }), `${payload}\n`);
}
for (const age of [-3600, -301, -300, -299, -1, 0, 1, 299, 300, 301, 3600]) {
  add(`${age} s old`, made({ timestamp: now - age }));
}
const other = signature({ secret: "whsec_other" });
add("the good one first of two", `${made()},v1=${other}`);
add("the good one last of two", `t=${now},v1=${other},v1=${signature()}`);
add("two of other secrets", `t=${now},v1=${other},v1=${other}`);
add("another scheme beside it", `${made()},v0=${other}`);
add("another scheme alone", made({ scheme: "v0" }));
add("another secret", made({ secret: "whsec_other" }));
add("the time of another", `t=${now - 1},v1=${signature()}`);
add("two times, the right one last", `t=1,t=${now},v1=${signature()}`);
add("white space behind the comma", made().replace(",", ", "));
add("upper-case letters", `t=${now},v1=${signature().toUpperCase()}`);
add("a part of the signature", made().slice(0, -2));
add("no signature", `t=${now}`);
add("no time", `v1=${signature()}`);
add("nothing", "");
report({ now, secret, cases });
