/** From an empty data folder to an export of the sample company, with the hands of a person. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { commandLine, folders, open, simulator } from './meterdesk.mjs';
import * as screens from './screens.mjs';
import { everything, rowsOf, sums } from './truth.mjs';
import { KEY } from './webdriver.mjs';

test('a newcomer explores the sample company and exports its invoices', async (t) => {
  const places = folders(t);
  const session = await open(t, places);
  await screens.openSample(session);

  await t.test('the overview says what needs attention', async () => {
    await session.find(screens.heading('Overview'));
    await session.find("//main//*[contains(text(), 'MRR')]");
  });

  await t.test('tenants are listed, sorted, searched and opened', async () => {
    await screens.go(session, 'Tenants');
    const all = await screens.count(session);
    assert.ok(all >= 100, `a company has tenants, here ${all}`);
    await screens.sort(session, 'MRR');
    const name = await session.text(screens.cell(1, 1));
    await session.type(screens.field('Search tenants'), name);
    await session.find(`${screens.GRID}[@aria-rowcount < ${all + 1}]`);
    await session.find(`${screens.cell(1, 1)}[normalize-space()=${screens.literal(name)}]`);
    await session.click(screens.cell(1, 1));
    await session.find(screens.heading(name));
  });

  await t.test('an invoice is opened, with its lines', async () => {
    await screens.go(session, 'Invoices & credits');
    await screens.filter(session, 'State', 'Paid');
    await session.click(screens.cell(1, 1));
    const lines = "//main//table[.//th[normalize-space()='Amount']]//tbody/tr";
    await session.find(lines);
  });

  await t.test('what is filtered on the screen is what is exported', async () => {
    await screens.go(session, 'Invoices & credits');
    await screens.filter(session, 'State', 'Open');
    const shown = await screens.count(session);
    const path = await screens.exportShown(session);
    const text = readFileSync(path, 'utf8');
    const rows = rowsOf(text);
    assert.equal(rows.length, shown, 'as many rows as the screen says');
    assert.deepEqual([...new Set(rows.map((row) => row.status))], ['open']);

    const control = JSON.parse(readFileSync(`${path}.control.json`, 'utf8'));
    const sha256 = createHash('sha256').update(text).digest('hex');
    assert.ok(JSON.stringify(control).includes(sha256), 'the control sheet carries its hash');

    const own = await sampleAccount(t, places);
    const invoices = await everything(own, 'invoices', { status: 'open' });
    const truth = sums(invoices, (one) => one.currency, (one) => one.total);
    assert.deepEqual(sums(rows, (row) => row.currency, (row) => row.total_minor), truth);

    const listing = commandLine(['invoices', '--status', 'open', '--count', '1'], {
      METERDESK_DATA_DIR: places.data,
    });
    assert.deepEqual(
      sums(listing.totals, (sum) => sum.currency, (sum) => sum.total.minor),
      truth,
      'the command line, beside the open window, adds up to the same',
    );
    const left = readdirSync(places.saved).filter((file) => !file.startsWith('invoices-'));
    assert.deepEqual(left, [], 'nothing but the file and its control sheet is left');
  });

  await t.test('the palette and the help sheet open by key', async () => {
    await session.keys('k', KEY.control);
    await session.find("//*[@role='dialog']//input");
    await session.keys(KEY.escape);
    await session.gone("//*[@role='dialog']");
    await session.keys('?');
    await session.find("//*[@role='dialog']");
    await session.keys(KEY.escape);
    await session.gone("//*[@role='dialog']");
  });
});

/** The same made-up company once more, served for itself: it follows from seed, size and time. */
function sampleAccount(t, places) {
  const path = `${places.data}/accounts/sample/account.json`;
  const { seed, customers, now } = JSON.parse(readFileSync(path, 'utf8')).sample;
  const options = { seed, customers, now };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return simulator(t, ...words);
}
