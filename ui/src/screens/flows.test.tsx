/** First run, keys, recovery, lock, export, settings: what a person does step by step. */
import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { expectAccessible, lastCall, openPage } from '../test/page';

test('a newcomer explores the sample company with one press', async () => {
  const { user } = openPage('first-run');
  const explore = await screen.findByRole('button', { name: 'Explore a sample company' });
  await expectAccessible();
  await user.click(explore);
  expect(await screen.findByRole('navigation', { name: 'Screens' })).toBeTruthy();
});

test('a key is checked, its permissions are shown, the recovery key must be stored', async () => {
  const { user, host } = openPage('first-run');
  await user.click(await screen.findByRole('button', { name: 'Connect Stripe' }));
  await expectAccessible();
  await user.type(screen.getByLabelText('Restricted key'), 'rk_live_partial_1');
  await user.click(screen.getByRole('button', { name: 'Check the key' }));
  expect(await lastCall(host, 'checkKey')).toEqual(['rk_live_partial_1', null]);
  expect((await screen.findAllByText('May read')).length).toBe(9);
  expect(screen.getByText('rak_event_read')).toBeTruthy();
  expect(screen.getByText('Updates read every list again')).toBeTruthy();
  expect(screen.getByText(/This is a live key/)).toBeTruthy();
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Connect Northwind Mail' }));
  expect(await lastCall(host, 'connect')).toEqual([
    {
      key: 'rk_live_partial_1',
      apiBase: null,
      name: null,
      entityName: 'Northwind Mail',
      passphrase: null,
    },
  ]);
  expect((await screen.findByTestId('recovery-key')).textContent).toContain('KXQF-7M2A');
  const open = screen.getByRole('button', { name: 'Open the books' });
  expect(open.hasAttribute('disabled'), 'not before it is stored').toBe(true);
  await expectAccessible();
  await user.click(screen.getByRole('checkbox', { name: 'I have stored it' }));
  await user.click(open);
  await lastCall(host, 'syncStart');
  expect(await screen.findByRole('navigation', { name: 'Screens' })).toBeTruthy();
  expect(document.body.innerHTML, 'nothing of the key stays').not.toContain('rk_live_partial_1');
  expect(document.body.innerHTML).not.toContain('KXQF-7M2A');
});

test.each([
  ['pk_live_1', /publishable key/],
  ['sk_org_1', /organisation key/],
  ['whsec_1', /signing secret/],
  ['hello', /not a key of Stripe/],
])('%s is refused in its own words', async (key, words) => {
  const { user } = openPage('first-run');
  await user.click(await screen.findByRole('button', { name: 'Connect Stripe' }));
  await user.type(screen.getByLabelText('Restricted key'), `${key}{Enter}`);
  expect(await screen.findByText(words)).toBeTruthy();
  expect(screen.queryByText('May read')).toBeNull();
});

test('a simulated account is reached by its address', async () => {
  const { user, host } = openPage('first-run');
  await user.click(await screen.findByRole('button', { name: 'Connect Stripe' }));
  await user.click(screen.getByRole('button', { name: /simulated on this computer/ }));
  await user.type(screen.getByLabelText('Address'), 'http://127.0.0.1:12111');
  await user.type(screen.getByLabelText('Restricted key'), 'rk_test_1{Enter}');
  expect(await lastCall(host, 'checkKey')).toEqual(['rk_test_1', 'http://127.0.0.1:12111']);
});

test('without a keyring a passphrase is asked for, twice and long enough', async () => {
  const { user, host } = openPage('no-keyring');
  await user.click(await screen.findByRole('button', { name: 'Connect Stripe' }));
  await user.type(screen.getByLabelText('Restricted key'), 'rk_test_1{Enter}');
  const connect = await screen.findByRole('button', { name: 'Connect Northwind Mail' });
  await user.type(screen.getByLabelText('Passphrase'), 'correct horse battery');
  expect(connect.hasAttribute('disabled')).toBe(true);
  await user.type(screen.getByLabelText('The same again'), 'correct horse batter');
  expect(screen.getByText('The two differ')).toBeTruthy();
  await user.type(screen.getByLabelText('The same again'), 'y');
  await user.click(connect);
  expect(await lastCall(host, 'connect')).toMatchObject([{ passphrase: 'correct horse battery' }]);
});

test('a locked window is opened by its passphrase, and a wrong one is said', async () => {
  const { user } = openPage('locked-passphrase');
  await expectAccessible();
  await user.type(await screen.findByLabelText('Passphrase'), 'wrong{Enter}');
  expect((await screen.findByRole('alert')).textContent).toContain('does not open them');
  await user.clear(screen.getByLabelText('Passphrase'));
  await user.type(screen.getByLabelText('Passphrase'), 'right{Enter}');
  expect(await screen.findByRole('navigation', { name: 'Screens' })).toBeTruthy();
});

test('the recovery key opens what the keyring lost', async () => {
  const { user, host } = openPage('locked');
  await user.click(await screen.findByRole('button', { name: 'Use the recovery key' }));
  await user.type(screen.getByLabelText('Recovery key'), 'KXQF-7M2A');
  await user.click(screen.getByRole('button', { name: 'Open with the recovery key' }));
  expect(await lastCall(host, 'openWithRecoveryKey')).toEqual([
    'northwind-live',
    'KXQF-7M2A',
    null,
  ]);
});

test('locking takes the books out of the page', async () => {
  const { user, host } = openPage('live', '/tenants');
  await screen.findAllByText('Alder & Finch Logistics');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('combobox'), 'lock{Enter}');
  await lastCall(host, 'lock');
  expect(await screen.findByRole('button', { name: 'Unlock' })).toBeTruthy();
  expect(screen.queryByText('Alder & Finch Logistics')).toBeNull();
});

test('what is filtered is what is exported', async () => {
  const { user, host } = openPage('sample', '/invoices?filter={"statuses":["open"]}');
  await screen.findByText(/^Totals of/);
  await user.keyboard('e');
  const sheet = await screen.findByRole('dialog', { name: 'Export what is filtered' });
  expect(within(sheet).getByText('State: Open')).toBeTruthy();
  await expectAccessible();
  await user.click(within(sheet).getByRole('radio', { name: 'Excel' }));
  await user.click(within(sheet).getByRole('radio', { name: 'As in Stripe’s own export' }));
  await user.click(within(sheet).getByRole('button', { name: /^Export \d+ invoices$/ }));
  const [request, path] = await lastCall(host, 'export');
  expect(request).toMatchObject({
    kind: 'invoices',
    format: 'xlsx',
    profile: 'stripe',
    invoices: { statuses: ['open'] },
  });
  expect(path).toMatch(/^\/home\/dana\/Exports\/invoices-\d{4}-\d\d-\d\d\.xlsx$/);
  const done = await screen.findByRole('dialog', { name: 'Exported' });
  expect(done.textContent).toContain('.control.json');
  expect(done.textContent).toContain('b1946ac92492d2347c6235b4d2611184');
  await expectAccessible();
});

test('an export can be stopped, and then nothing is claimed', async () => {
  const { user } = openPage('sample', '/invoices');
  await screen.findByText(/^Totals of/);
  await user.keyboard('e');
  await user.click(await screen.findByRole('button', { name: /^Export [\d,]+ invoices$/ }));
  await user.click(await screen.findByRole('button', { name: 'Stop the export' }));
  expect(await screen.findByRole('button', { name: /^Export [\d,]+ invoices$/ })).toBeTruthy();
  expect(screen.queryByRole('alert'), 'the person stopped it: no error').toBeNull();
});

test('the tenants’ table exports tenants or subscriptions', async () => {
  const { user, host } = openPage('sample', '/tenants');
  await screen.findAllByText('Alder & Finch Logistics');
  await user.keyboard('e');
  await user.click(await screen.findByRole('radio', { name: 'Subscriptions' }));
  await user.click(screen.getByRole('button', { name: 'Export the subscriptions' }));
  const [request] = await lastCall(host, 'export');
  expect(request).toMatchObject({ kind: 'subscriptions', profile: 'meterdesk' });
});

test('settings are kept at once: theme, rows, lock', async () => {
  const { user, host } = openPage('live', '/settings');
  await user.click(await screen.findByRole('radio', { name: 'Dark' }));
  await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'));
  expect(await lastCall(host, 'setSettings')).toMatchObject([{ theme: 'dark' }]);
  await user.click(screen.getByRole('radio', { name: 'Comfortable' }));
  await waitFor(() => expect(document.documentElement.dataset['rows']).toBe('comfortable'));
  await user.click(screen.getByRole('radio', { name: '1 hour' }));
  await waitFor(async () =>
    expect(await lastCall(host, 'setSettings')).toMatchObject([{ lockAfterMinutes: 60 }]),
  );
  await expectAccessible();
});

test('a key is replaced, a refused one is said', async () => {
  const { user, host } = openPage('live', '/settings');
  await user.click(await screen.findByRole('button', { name: 'Replace the key' }));
  const dialog = await screen.findByRole('alertdialog');
  await user.type(within(dialog).getByLabelText('New restricted key'), 'pk_live_2');
  await user.click(within(dialog).getByRole('button', { name: 'Replace the key' }));
  expect((await within(dialog).findByRole('alert')).textContent).toContain('publishable');
  await expectAccessible();
  await user.clear(within(dialog).getByLabelText('New restricted key'));
  await user.type(within(dialog).getByLabelText('New restricted key'), 'rk_live_2');
  await user.click(within(dialog).getByRole('button', { name: 'Replace the key' }));
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(await lastCall(host, 'replaceKey')).toEqual(['northwind-live', 'rk_live_2']);
});

test('disconnecting says whether the books go too', async () => {
  const { user, host } = openPage('live', '/settings');
  await user.click(await screen.findByRole('button', { name: 'Disconnect' }));
  await screen.findByRole('button', { name: 'Disconnect, keep the books' });
  await user.click(screen.getByRole('checkbox', { name: /Delete the books/ }));
  await user.click(screen.getByRole('button', { name: 'Disconnect and delete the books' }));
  expect(await lastCall(host, 'disconnect')).toEqual(['northwind-live', true]);
});

test('the log is verified, a backup is written under a passphrase', async () => {
  const { user, host } = openPage('live', '/settings');
  await user.click(await screen.findByRole('button', { name: 'Verify the log' }));
  expect(await screen.findByText(/42 entries checked, all hold/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Back up the books' }));
  await user.type(await screen.findByLabelText('Passphrase'), 'correct horse battery');
  await user.type(screen.getByLabelText('The same again'), 'correct horse battery');
  await user.click(screen.getByRole('button', { name: 'Write the backup' }));
  expect(await screen.findByText('Backup written')).toBeTruthy();
  const [path] = await lastCall(host, 'backup');
  expect(path).toMatch(/northwind-live-\d{4}-\d\d-\d\d\.meterdesk-backup$/);
});
