/** Pages of one thing, and the screens around them. */
import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { expectAccessible, lastCall, openPage } from '../test/page';

const TENANT = 'cus_R8s000003Qd';

test('the overview leads from what needs attention to its rows', async () => {
  const { user, host, path } = openPage('sample', '/');
  const line = await screen.findByRole('link', { name: /tenants are past due/ });
  expect(screen.getByText('Collected this month')).toBeTruthy();
  await expectAccessible();
  await user.click(line);
  await waitFor(() => expect(path()).toBe('/tenants'));
  expect(await lastCall(host, 'tenants')).toMatchObject([{ filter: { pastDue: true } }]);
  expect(await screen.findByRole('button', { name: 'Past due', pressed: true })).toBeTruthy();
});

test('months are shown one currency at a time', async () => {
  const { user } = openPage('sample', '/');
  const section = await screen.findByRole('region', { name: 'Invoiced by month' });
  expect(within(section).getAllByText(/^\$/).length).toBeGreaterThan(0);
  await user.click(within(section).getByRole('button', { name: 'KWD' }));
  expect(within(section).queryByText(/^\$/)).toBeNull();
});

test.each(['subscription', 'invoices', 'payments', 'credit', 'history', 'details'])(
  'a tenant’s %s',
  async (tab) => {
    openPage('live', `/tenants/${TENANT}?tab=${tab}`);
    await screen.findByRole('tab', { selected: true, name: new RegExp(tab, 'i') });
    await expectAccessible();
  },
);

test('a tenant’s statement is saved where the person says', async () => {
  const { user, host } = openPage('sample', `/tenants/${TENANT}`);
  await user.click(await screen.findByRole('button', { name: 'Statement' }));
  await screen.findByRole('dialog', { name: 'Statement of account' });
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Save the statement' }));
  const [customer, format, path] = await lastCall(host, 'statement');
  expect([customer, format]).toEqual([TENANT, 'page']);
  expect(path).toBe('/home/dana/Exports/statement-dovetail-insurance-brokers.html');
  expect(await screen.findByText('Statement saved')).toBeTruthy();
});

test('erasing a person’s data asks for a reason and says what it did', async () => {
  const { user, host } = openPage('sample', `/tenants/${TENANT}?tab=details`);
  await user.click(await screen.findByRole('button', { name: 'Erase personal data' }));
  const dialog = await screen.findByRole('alertdialog');
  const erase = within(dialog).getByRole('button', { name: 'Erase personal data' });
  expect(erase.hasAttribute('disabled'), 'no reason, no erasure').toBe(true);
  await user.type(within(dialog).getByLabelText('Reason, for the log'), 'ticket 48213');
  await user.click(erase);
  expect(await lastCall(host, 'eraseCustomer')).toEqual([TENANT, 'ticket 48213']);
  expect(await screen.findByText('Personal data erased')).toBeTruthy();
});

test('an invoice shows lines in words, sums, and leads to Stripe', async () => {
  const { user, host } = openPage('live', '/invoices/in_1Q0000300Kx');
  await screen.findByText('8 seats, 12–30 November, prorated');
  expect(screen.getByRole('rowheader', { name: 'Total' })).toBeTruthy();
  expect(screen.getByText('Seats 5 → 8 from 12 November')).toBeTruthy();
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: /Open in Stripe/ }));
  expect(await lastCall(host, 'openInDashboard')).toEqual([
    'https://dashboard.stripe.com/invoices/in_1Q0000300Kx',
  ]);
});

test('the sample company has no page at Stripe', async () => {
  openPage('sample', '/invoices/in_1Q0000300Kx');
  await screen.findByText('8 seats, 12–30 November, prorated');
  expect(screen.queryByRole('button', { name: /Open in Stripe/ })).toBeNull();
});

test('an invoice that is not there says so', async () => {
  openPage('sample', '/invoices/in_none');
  expect((await screen.findByRole('alert')).textContent).toContain('is not in these books');
  await expectAccessible();
});

test('the palette goes, acts and finds', async () => {
  const { user, path } = openPage('sample', '/');
  await screen.findByText('Needs attention');
  await user.keyboard('{Control>}k{/Control}');
  const field = await screen.findByRole('combobox');
  await screen.findByRole('option', { name: /Tenants/ });
  await expectAccessible();
  await user.type(field, 'dovetail insurance');
  await screen.findByRole('option', { name: /Dovetail Insurance Brokers/ });
  await user.keyboard('{Enter}');
  await waitFor(() => expect(path()).toBe(`/tenants/${TENANT}`));
});

test('every shortcut stands on the help sheet', async () => {
  const { user } = openPage('sample', '/');
  await screen.findByText('Needs attention');
  await user.keyboard('?');
  const sheet = await screen.findByRole('dialog', { name: 'Shortcuts' });
  for (const words of ['g then t', 'Ctrl K', 'Space', 'Esc']) {
    expect(within(sheet).getByText(words, { selector: 'kbd' })).toBeTruthy();
  }
  await expectAccessible();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('g and a letter goes there, Escape goes back', async () => {
  const { user, path } = openPage('sample', '/');
  await screen.findByText('Needs attention');
  await user.keyboard('gi');
  await waitFor(() => expect(path()).toBe('/invoices'));
  await user.keyboard('gs');
  await waitFor(() => expect(path()).toBe('/settings'));
});

test('offline is said, and everything stays readable', async () => {
  openPage('offline', '/tenants');
  expect(await screen.findByText(/Stripe cannot be reached/)).toBeTruthy();
  await screen.findAllByText('Alder & Finch Logistics');
});

test('a running load tells count, rate and time left, and can be stopped', async () => {
  const { user, host } = openPage('loading', '/tenants');
  await user.click(await screen.findByText(/48,200 objects, 2,380 a second, 3 min left/));
  const sheet = await screen.findByRole('dialog', { name: 'Data from Stripe' });
  expect(within(sheet).getByText('4 (0.6 %)')).toBeTruthy();
  await expectAccessible();
  await user.click(within(sheet).getByRole('button', { name: 'Stop loading' }));
  await lastCall(host, 'syncCancel');
});

test('a list that the key may not read is named with its permission', async () => {
  const { user } = openPage('live', '/tenants');
  await user.click(await screen.findByText(/without 1 list/));
  expect((await screen.findByRole('dialog')).textContent).toContain('rak_tax_rate_read');
});
