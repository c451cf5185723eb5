/** A key and an address given by the test: the window's figures against the account's own. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { folders, logs, open, simulator } from './meterdesk.mjs';
import * as screens from './screens.mjs';
import { everyCustomer, everything, rowsOf, sums } from './truth.mjs';

const COUNTS = (invoice) => !['draft', 'void'].includes(invoice.status);

test('a connected account is shown and exported as it is at the account', async (t) => {
  const account = await simulator(t, '--seed', '11', '--customers', '60');
  const places = folders(t);
  const session = await open(t, places, { METERDESK_API_BASE: account.baseUrl });
  const recoveryKey = await screens.connect(session, account.restrictedKey);
  await screens.loaded(session);

  const customers = await everyCustomer(account);
  const invoices = await everything(account, 'invoices');

  await t.test('every tenant is there', async () => {
    await screens.go(session, 'Tenants');
    await screens.count(session, customers.length);
  });

  await t.test('every invoice is there, and the sums are the account’s own', async () => {
    await screens.go(session, 'Invoices & credits');
    await screens.count(session, invoices.length);
    const rows = rowsOf(readFileSync(await screens.exportShown(session), 'utf8'));
    assert.deepEqual(
      rows.map((row) => row.invoice_id).sort(),
      invoices.map((invoice) => invoice.id).sort(),
      'each invoice once',
    );
    assert.deepEqual(
      sums(rows.filter(COUNTS), (row) => row.currency, (row) => row.total_minor),
      sums(invoices.filter(COUNTS), (invoice) => invoice.currency, (invoice) => invoice.total),
    );
  });

  await t.test('a filter counts what the account counts', async () => {
    await screens.filter(session, 'State', 'Paid');
    const paid = invoices.filter((invoice) => invoice.status === 'paid');
    await screens.count(session, paid.length);
  });

  await t.test('no secret is left anywhere', async () => {
    await screens.go(session, 'Settings');
    await screens.whole(session);
    await session.click(screens.button('Save a diagnostic file'));
    await session.find("//main//*[contains(text(), 'Saved to')]");
    const page = await session.source();
    const storage = await session.run('return JSON.stringify([{...localStorage}, {...sessionStorage}])');
    const secrets = [account.restrictedKey, account.secretKey, recoveryKey];
    assertNone({ page, storage, log: logs(places), processes: processes() }, secrets);
    assertNone(filesIn(places.saved), secrets);
    assertNone(filesIn(places.data), secrets);
  });
});

test('a lock passphrase beside the keyring is asked for, and taken away again', async (t) => {
  const account = await simulator(t, '--seed', '13', '--customers', '12');
  const places = folders(t);
  const passphrase = 'the lighthouse keeper sleeps';
  const session = await open(t, places, { METERDESK_API_BASE: account.baseUrl });
  await screens.connect(session, account.restrictedKey);
  await screens.loaded(session);
  await screens.go(session, 'Settings');
  await session.click(screens.button('Set a passphrase'));
  await session.type(screens.inSheetField('Passphrase'), passphrase);
  await session.type(screens.inSheetField('The same again'), passphrase);
  await session.click(`${screens.inSheet('Set the passphrase')}[not(@disabled)]`);
  await session.find("//main//*[contains(text(), 'Opening and unlocking ask for the passphrase')]");

  await lock(session);
  await session.type(screens.field('Passphrase'), 'a quiet harbour at night');
  await session.click(screens.button('Unlock'));
  await session.find("//*[@role='alert']");
  await session.type(screens.field('Passphrase'), passphrase);
  await session.click(screens.button('Unlock'));
  await session.find(screens.heading('Settings'));

  await session.click(screens.button('Remove the passphrase'));
  await session.type(screens.inSheetField('Present passphrase'), passphrase);
  await session.click(`${screens.inSheet('Remove the passphrase')}[not(@disabled)]`);
  await session.find("//main//*[contains(text(), 'the keyring opens the books')]");
  assertNone({ log: logs(places), processes: processes() }, [passphrase]);
  assertNone(filesIn(places.data), [passphrase]);
});

test('without a keyring a passphrase seals the key, and opens it again', async (t) => {
  const account = await simulator(t, '--seed', '12', '--customers', '12');
  const passphrase = 'a quiet harbour at night';
  const places = folders(t);
  const session = await open(t, places, {
    METERDESK_API_BASE: account.baseUrl,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  });
  const recoveryKey = await screens.connect(session, account.restrictedKey, passphrase);
  await screens.loaded(session);
  await session.run("location.hash = '#/settings'");
  await lock(session);
  await session.type(screens.field('Passphrase'), passphrase);
  await session.click(screens.button('Unlock'));
  await session.find(screens.heading('Settings'));

  const secrets = [account.restrictedKey, passphrase, recoveryKey];
  assertNone({ page: await session.source(), log: logs(places), processes: processes() }, secrets);
  assertNone(filesIn(places.data), secrets);
});

/** Closes the books, as after a while without input, and draws the page anew. */
async function lock(session) {
  await session.runAsync("await window.__TAURI_INTERNALS__.invoke('lock')");
  await session.run('location.reload()');
}

/** What every process on this machine was started with. */
function processes() {
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'latin1');
      } catch {
        return ''; // It ended meanwhile.
      }
    });
  return lines.join('\n');
}

function filesIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
}

function assertNone(places, secrets) {
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets) {
      assert.ok(secret.length > 10, 'a secret that could be found');
      assert.ok(!text.includes(secret), `a secret stands in ${place}`);
    }
    assert.doesNotMatch(text, /x'[0-9a-f]{64}'/i, `a database key stands in ${place}`);
  }
}
