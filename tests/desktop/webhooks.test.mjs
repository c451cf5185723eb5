/**
 * What happens at the account shows in the window: by webhook where the key may not list events, so
 * that nothing else can have brought it; in the log, and signed off.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folders, freePort, open, simulator } from './meterdesk.mjs';
import * as screens from './screens.mjs';
import { change, everything, one } from './truth.mjs';
import { deliver } from './webhook.mjs';

/** A secret of the endpoint's own: any text will do. */
const SECRET = 'whsec_5f1c2a9e0b7d4c3386aa11ee22dd33cc';

/** How often the account is changed by chance until something of a kind has happened. */
const ROUNDS = 200;

test('a webhook shows its effect, the log tells of it, and a forgery is refused', async (t) => {
  const account = await simulator(
    t,
    ...['--steered', '--seed', '31', '--customers', '150', '--without', 'rak_event_read'],
  );
  const places = folders(t);
  const session = await open(t, places, { METERDESK_API_BASE: account.baseUrl });
  await screens.connect(session, account.restrictedKey);
  await screens.loaded(session);
  const address = await listen(session);
  const owed = await everything(account, 'invoices', { status: 'open' });
  const isOpen = (invoice) => owed.some(({ id, number }) => id === invoice.id && number);

  await t.test('customer.subscription.updated changes the seats', async (inner) => {
    const { subscription, seats } = await aSubscription(account);
    await screens.show(session, `/tenants/${subscription.customer}`);
    await session.find(screens.figure('Seats', seats));
    const fields = { 'items[0][id]': subscription.items.data[0].id, 'items[0][quantity]': seats + 3 };
    await change(account, `subscriptions/${subscription.id}`, fields);
    const event = await newest(account, 'customer.subscription.updated', subscription.id);
    await session.find(screens.figure('Seats', seats), 0);
    await arrives(inner, session, address, event, screens.figure('Seats', seats + 3));
  });

  await t.test('invoice.payment_failed counts the attempt', async (inner) => {
    const event = await happened(account, 'invoice.payment_failed', isOpen);
    const { id, number } = event.data.object;
    // It may have failed more often than once meanwhile: the invoice is read again.
    const { attempt_count: attempts } = await one(account, `invoices/${id}`);
    await screens.show(session, `/invoices/${id}`);
    await session.find(screens.heading(number));
    await session.find("//section[@aria-label='How it is collected']//dd");
    await session.gone(screens.figure('Payment attempts', attempts));
    await arrives(inner, session, address, event, screens.figure('Payment attempts', attempts));
  });

  await t.test('invoice.paid makes an open invoice a paid one', async (inner) => {
    const event = await happened(account, 'invoice.paid', isOpen);
    await screens.show(session, `/invoices/${event.data.object.id}`);
    await session.find(screens.heading(event.data.object.number));
    await session.gone(screens.mark('Paid'));
    await arrives(inner, session, address, event, screens.mark('Paid'));
  });

  await t.test('a forgery is refused, and the settings say why', async () => {
    const [event] = await everything(account, 'events', { type: 'invoice.paid' });
    const status = await deliver(address, 'whsec_somebody_elses_secret', event);
    assert.equal(status, 400);
    await screens.go(session, 'Settings');
    const refused = "//section[@aria-label='Webhooks']//tr";
    await session.find(`${refused}[contains(., 'its signature fits none of the signing secrets')]`);
  });

  await t.test('the log tells of it in words, filtered and opened', async () => {
    await screens.go(session, 'Log');
    await screens.filterOne(session, 'About', 'Subscriptions');
    await session.find(`${screens.GRID}//*[contains(., 'Subscription updated')]`);
    await session.click(screens.cell(1, 2));
    await session.find("//aside//th[normalize-space()='seats']");
    await session.find("//aside//*[normalize-space()='Came by webhook']");
    await session.click("//aside//button[@aria-label='Close']");
    await session.gone('//aside');
    await screens.filterOne(session, 'About', 'Payouts');
    await session.find(screens.button('Clear the filter'));
  });

  await t.test('what somebody else changed is explained and signed off', async () => {
    await session.click("//nav[@aria-label='Parts of the log']/a[2]");
    const change = "//li[contains(., 'Subscription updated') and contains(., 'seats')]";
    await session.click(`${change}//button[normalize-space()='Explain']`);
    await session.type(screens.field('Who did this, and why'), 'Kim, ticket 4711');
    await session.click(screens.button('Sign off'));
    await session.find(`${change}//*[contains(., 'Kim, ticket 4711')]`);
    await session.gone(`${change}//button[normalize-space()='Explain']`);
    await screens.go(session, 'Settings');
    const ledger = "//section[@aria-label='Log']";
    await session.find(`${ledger}//td[contains(., 'Signed off customer.subscription.updated')]`);
  });
});

test('following is paused and gone on with', async (t) => {
  const account = await simulator(t, '--steered', '--seed', '32', '--customers', '40');
  const places = folders(t);
  const session = await open(t, places, { METERDESK_API_BASE: account.baseUrl });
  await screens.connect(session, account.restrictedKey);
  await screens.loaded(session);
  const { subscription, seats } = await aSubscription(account);
  await screens.show(session, `/tenants/${subscription.customer}`);
  await session.find(screens.figure('Seats', seats));

  await following(session, 'Pause');
  await session.find(`${screens.SHEET}//*[normalize-space()='Paused']`);
  await screens.closeSheet(session);
  const fields = { 'items[0][id]': subscription.items.data[0].id, 'items[0][quantity]': seats + 2 };
  await change(account, `subscriptions/${subscription.id}`, fields);
  await newest(account, 'customer.subscription.updated', subscription.id);
  await session.find(screens.figure('Seats', seats), 0);

  await following(session, 'Go on');
  await session.gone(`${screens.SHEET}//*[normalize-space()='Paused']`);
  await screens.closeSheet(session);
  await session.find(screens.figure('Seats', seats + 2));
});

/** Switches the listener on in the settings; gives its address. */
async function listen(session) {
  await screens.go(session, 'Settings');
  const part = "//section[@aria-label='Webhooks']";
  await session.click(`${part}//label[normalize-space()='On']`);
  const port = await freePort();
  await session.type(screens.field('Port on this computer'), String(port));
  await session.type(screens.field('Signing secret'), SECRET);
  await session.click(`${part}//button[normalize-space()='Keep']`);
  await session.find(`${part}//*[normalize-space()='It listens.']`);
  const shown = await session.run(
    "return document.querySelector('section[aria-label=Webhooks] input[type=password]').value",
  );
  assert.equal(shown, '', 'the secret is not shown again');
  return `http://127.0.0.1:${port}/webhooks`;
}

/** Delivers, and waits for what it changes on the screen; says how long that took. */
async function arrives(test, session, address, event, effect) {
  const sent = Date.now();
  assert.equal(await deliver(address, SECRET, event), 200);
  await session.find(effect);
  test.diagnostic(`${event.type}: on the screen ${Date.now() - sent} ms after it was sent`);
}

/** A tenant's only subscription that lives, of one price with seats. */
async function aSubscription(account) {
  const all = await everything(account, 'subscriptions', { status: 'all' });
  const found = all.find(
    ({ id, customer, status, items, schedule, test_clock: clock }) =>
      status === 'active' &&
      clock === null &&
      schedule === null &&
      items.data.length === 1 &&
      items.data[0].quantity > 1 &&
      all.every((other) => other.id === id || other.customer !== customer),
  );
  assert.ok(found, 'the company has such a tenant');
  return { subscription: found, seats: found.items.data[0].quantity };
}

/** The newest event of a type about an object. */
async function newest(account, type, id) {
  const events = await everything(account, 'events', { type });
  const event = events.find(({ data }) => data.object.id === id);
  assert.ok(event, `the account has ${type} of ${id}`);
  return event;
}

/** Changes the account by chance until an event of that type fits; gives it. */
async function happened(account, type, fits) {
  const known = new Set((await everything(account, 'events', { type })).map(({ id }) => id));
  for (let seed = known.size; seed < known.size + ROUNDS; seed += 1) {
    await account.wish({ do: 'mutate', count: 5, seed });
    const events = await everything(account, 'events', { type });
    const found = events.find(({ id, data }) => !known.has(id) && fits(data.object));
    if (found) return found;
  }
  return assert.fail(`${type} did not happen in ${ROUNDS} rounds`);
}

/** Presses a button of how the account is followed. */
async function following(session, name) {
  await session.click("//footer//button[contains(., 'oaded')]");
  const part = `${screens.SHEET}//section[@aria-label='In the background']`;
  await session.click(`${part}//button[normalize-space()='${name}']`);
}
