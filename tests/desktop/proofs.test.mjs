/** The completeness check from the window: a month is proven, and what no event told of is found,
 * mended and said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folders, LOAD_MS, open, simulator } from './meterdesk.mjs';
import * as screens from './screens.mjs';
import { everything } from './truth.mjs';

/** How often the account is changed by chance until an invoice with a number differs. */
const ROUNDS = 40;

test('a month is proven, and a silent alteration is found, mended and said', async (t) => {
  const account = await simulator(t, '--steered', '--seed', '41', '--customers', '40');
  const places = folders(t);
  const session = await open(t, places, { METERDESK_API_BASE: account.baseUrl });
  await screens.connect(session, account.restrictedKey);
  await screens.loaded(session);

  // What is due in the background is done before the account is altered: it would find and mend
  // the difference before the person does.
  await openCheck(session);
  await proveEverything(session);
  await screens.closeSheet(session);

  const { invoice, month } = await alteredSilently(account);
  await t.test('before, the window shows what it was', async () => {
    await screens.show(session, `/invoices/${invoice.id}`);
    await session.find(screens.heading(invoice.number));
    await session.find(screens.mark(...OPEN));
  });

  await t.test('the proof of its month finds and mends it', async () => {
    await openCheck(session);
    await prove(session, 'Invoices', month);
    await session.find(
      `${screens.SHEET}//*[contains(., 'compared;') and contains(., 'difference') and contains(., 'mended')]`,
      LOAD_MS,
    );
    await session.find(
      `${screens.SHEET}//tr[contains(., 'Invoices')]//*[contains(., 'mended')]`,
    );
  });

  await t.test('proven again, all is as at Stripe', async () => {
    await prove(session, 'Invoices', month);
    await session.find(`${screens.SHEET}//*[contains(., 'all as at Stripe')]`, LOAD_MS);
    await screens.closeSheet(session);
    await session.find(screens.mark(...STATES[invoice.status]));
  });

  await t.test('everything is proven, and what is known is green', async () => {
    await openCheck(session);
    await proveEverything(session);
    const green = 'Every month of every list is proven within its stated age';
    await session.find(`${screens.SHEET}//*[contains(., '${green}')]`, LOAD_MS);
    await screens.closeSheet(session);
    await session.find("//footer//button[contains(., 'Proven')]");
  });
});

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** An invoice's states in the words of the screens; an open one may be past due. */
const STATES = { paid: ['Paid'], void: ['Void'], uncollectible: ['Written off'] };
const OPEN = ['Open', 'Past due'];

/** Changes the account without a word until an open invoice is open no longer. */
async function alteredSilently(account) {
  const before = new Map(
    (await everything(account, 'invoices')).map((invoice) => [invoice.id, invoice]),
  );
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    await account.wish({ do: 'mutate_silently', count: 30, seed });
    const after = await everything(account, 'invoices');
    const found = after.find(({ id, status }) => {
      const old = before.get(id);
      return old?.number && old.status === 'open' && status in STATES;
    });
    if (found) {
      const month = new Date(found.created * 1000).toISOString().slice(0, 7);
      return { invoice: found, month };
    }
  }
  return assert.fail(`no invoice changed in ${ROUNDS} rounds`);
}

async function openCheck(session) {
  await session.click("//footer//button[starts-with(@aria-label, 'Completeness')]");
  await session.find(`${screens.SHEET}//table`);
}

async function proveEverything(session) {
  await session.click(`${screens.SHEET}//button[starts-with(., 'Prove everything now')]`);
  await session.find(`${screens.SHEET}//*[contains(., 'compared;')]`, LOAD_MS);
}

/** Opens a list's months and proves one. */
async function prove(session, list, month) {
  const [year, number] = month.split('-');
  const words = `${MONTHS[Number(number) - 1]} ${year}`;
  const heading = `${screens.SHEET}//button[normalize-space()='${list}']`;
  await session.find(heading);
  if ((await session.all(`${heading}[@aria-expanded='true']`)).length === 0) {
    await session.click(heading);
  }
  const row = `${screens.SHEET}//tr[td[normalize-space()='${words}']]`;
  await session.click(`${row}//button[starts-with(normalize-space(), 'Prove')]`);
}
