/** Usage against allowances in the real window: read, import with mistakes, reverse, chart. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { LOAD_MS, commandLine, folders, open } from './meterdesk.mjs';
import * as screens from './screens.mjs';
import { KEY } from './webdriver.mjs';

const SLIDER = "//main//*[@role='slider']";

/** Use of this month, of one tenant that is known, one row wrong, one tenant that nobody knows. */
function fileOf(id, now) {
  const day = new Date(now).toISOString();
  return [
    'customer,credits,at,id',
    `${id},25,${day},window-1`,
    `${id},twelve,${day},window-2`,
    `cus_nobody,3,${day},window-3`,
    `${id},15.5,${day},window-4`,
    '',
  ].join('\n');
}

test('usage is read, imported, charted and reversed in the window', async (t) => {
  const places = folders(t);
  const session = await open(t, places);
  await screens.openSample(session);
  const cli = (...words) => commandLine(words, { METERDESK_DATA_DIR: places.data });

  await t.test('those nearest the limit come first, as the command line says', async () => {
    await screens.go(session, 'Usage');
    // The sample company's usage comes in behind its first load.
    await session.find(`${screens.GRID}//*[normalize-space()='Over']`, LOAD_MS);
    const name = await session.text(screens.cell(1, 1));
    const report = cli('usage', 'report', '--count', '1');
    assert.equal(report.rows[0].name, name);
  });

  let id;
  let before;
  const check = () => cli('usage', 'check', id);
  await t.test('the chart is read by the arrow keys', async () => {
    await screens.search(session, 'Search tenants', '');
    await session.click(screens.cell(2, 1));
    await session.find(`${SLIDER}//*[name()='polyline']`);
    id = (await session.run('return location.hash')).match(/cus_\w+/)[0];
    before = check();
    await session.run("document.querySelector('[role=slider]').focus()");
    await session.keys(KEY.end);
    const read = () => session.run(
      "return document.querySelector('[role=slider]').getAttribute('aria-valuetext')",
    );
    await session.until(async () => /So far|Expected/.test(await read()), 'no value was read');
    await session.keys(KEY.escape);
    const used = before.used.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
    await session.find(`//main//dd[starts-with(normalize-space(), '${used}')]`);
  });

  await t.test('a file with a mistake is checked, imported and shown', async () => {
    writeFileSync(join(places.saved, 'window.csv'), fileOf(id, before.lastAt * 1000));
    await screens.go(session, 'Usage');
    await session.click(`//header${screens.button('Import usage')}`);
    await session.click(screens.inSheet('Choose a file'));
    await session.click(screens.inSheet('Check the file'));
    await session.find(`${screens.SHEET}//code[normalize-space()='twelve']`);
    await session.click(screens.inSheet('Import 2 records'));
    await session.find(`${screens.SHEET}//*[normalize-space()='Imported']`);
    await session.click(screens.inSheet('Close'));
    await session.gone(screens.SHEET);
    const more = () => Number(check().used) - Number(before.used);
    await session.until(() => more() === 40.5, 'the records do not count');
  });

  await t.test('the batch is reversed whole', async () => {
    await session.click("//nav[@aria-label='Parts of usage']/a[3]");
    await session.click("//main//tr[.//td[normalize-space()='window.csv']]//button");
    await session.click("//*[@role='alertdialog']//button[starts-with(., 'Reverse 2 records')]");
    await session.find("//*[@role='alertdialog']//*[contains(., 'no longer count')]");
    await session.click(`//*[@role='alertdialog']${screens.button('Close')}`);
    await screens.go(session, 'Usage');
    await session.until(() => check().used === before.used, 'the records still count');
    assert.deepEqual(check(), before, 'as it was before');
  });

  await t.test('the command line draws the same tenant beside the open window', () => {
    const svg = join(places.saved, 'use.svg');
    const png = join(places.saved, 'all.png');
    cli('chart', 'usage', '--tenant', id, '--out', svg);
    cli('chart', 'overview', '--dark', '--out', png);
    assert.match(readFileSync(svg, 'utf8'), /^<svg [^>]*>\n<title>AI credits used by /);
    assert.deepEqual([...readFileSync(png).subarray(1, 4)], [...Buffer.from('PNG')]);
  });
});
