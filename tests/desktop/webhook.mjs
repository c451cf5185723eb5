/** Deliveries as Stripe makes them, and as somebody makes them who has no secret. */
import { createHmac } from 'node:crypto';

/** Posts an event to the listener at `address`, signed with `secret` now; answers the status. */
export async function deliver(address, secret, event) {
  const body = JSON.stringify(event, null, 2);
  const time = Math.floor(Date.now() / 1000);
  const v1 = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${time},v1=${v1}` },
    body,
  });
  await answer.text();
  return answer.status;
}
