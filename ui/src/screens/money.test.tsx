/** What moves beside invoices and payments: refunds, disputes, credits, fees, payouts; the lock. */
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ALL_INVOICES } from '../host/filters';
import { expectAccessible, lastCall, openPage } from '../test/page';

const TENANT = 'cus_R8s000003Qd';

/** The first invoice of a status in the made-up company. */
async function anInvoice(status: string): Promise<string> {
  const { host } = openPage('live', '/log');
  const page = await host.invoices({
    filter: { ...ALL_INVOICES, customer: TENANT, statuses: [status] },
    sort: 'finalized',
    direction: 'descending',
    first: 0,
    count: 1,
  });
  cleanup();
  return page.rows[0]?.id ?? '';
}

test('a tenant’s refunds and disputes say why, until when, and lead to the invoice', async () => {
  const { user, path } = openPage('live', `/tenants/${TENANT}?tab=refunds`);
  await screen.findByRole('tab', { selected: true, name: /^Refunds & disputes \d/ });
  const panel = within(await screen.findByRole('tabpanel'));
  const rows = await panel.findAllByRole('row', { name: /Refund|Dispute/ });
  expect(rows.length).toBeGreaterThan(0);
  await expectAccessible();
  const [invoice] = panel.getAllByRole('link');
  await user.click(invoice as HTMLElement);
  await waitFor(() => expect(path()).toMatch(/^\/invoices\/in_/));
});

test('a dispute that waits for an answer says until when', async () => {
  const { host } = openPage('live', `/tenants/${TENANT}?tab=refunds`);
  const movements = await host.tenantMovements(TENANT);
  const disputes = movements.filter(({ kind }) => kind === 'dispute');
  const panel = within(await screen.findByRole('tabpanel'));
  const refunds = movements.filter(({ kind }) => kind === 'refund');
  expect(await panel.findAllByText(/^(Refund|Dispute)$/)).toHaveLength(
    disputes.length + refunds.length,
  );
  expect(panel.queryAllByText('Answer needed')).toHaveLength(disputes.length);
  expect(panel.queryAllByText(/Answer by 26 Nov 2026/)).toHaveLength(disputes.length);
});

test('a tenant’s credit holds its balance, credits and codes', async () => {
  openPage('live', `/tenants/${TENANT}?tab=credit`);
  const balance = within(await screen.findByRole('region', { name: 'Account balance' }));
  expect(balance.getByText('Adjusted by hand')).toBeTruthy();
  expect(balance.getByText('Goodwill for the outage of 2 November')).toBeTruthy();
  expect(balance.queryByText(/^−/), 'a credit is no minus to who has it').toBeNull();
  const credits = within(screen.getByRole('region', { name: 'Billing credits' }));
  expect(credits.getByText('Launch credits, expires 21 Jan 2027')).toBeTruthy();
  const codes = within(screen.getByRole('region', { name: 'Promotion codes of its own' }));
  expect(codes.getByText('WELCOME20')).toBeTruthy();
  await expectAccessible();
});

test('an invoice’s money is followed over the fee to the payout', async () => {
  openPage('live', `/invoices/${await anInvoice('paid')}`);
  const bank = within(await screen.findByRole('region', { name: 'To the bank' }));
  const steps = bank.getAllByRole('row').map((row) => row.firstElementChild?.textContent);
  expect(steps.slice(1, 5)).toEqual(['Payment', 'Stripe’s fee', 'Net', 'In the bank']);
  expect(bank.getByText('In the bank')).toBeTruthy();
  expect(bank.getByText(/At Stripe until/)).toBeTruthy();
  expect(bank.getByRole('rowheader', { name: 'In all, after fees' })).toBeTruthy();
  await screen.findByRole('region', { name: 'Refunds and disputes' });
  await expectAccessible();
});

test('an invoice of which nothing moved tells of none of it', async () => {
  const { host } = openPage('live', `/invoices/${await anInvoice('open')}`);
  await screen.findByRole('region', { name: 'History' });
  await lastCall(host, 'invoiceMovements');
  await waitFor(() => expect(document.querySelector('[aria-busy=true]')).toBeNull());
  for (const name of ['Refunds and disputes', 'Balance and credits', 'To the bank']) {
    expect(screen.queryByRole('region', { name }), name).toBeNull();
  }
});

test('a failure to read what moved leaves the page and can be tried again', async () => {
  const { host, user } = openPage('live', `/tenants/${TENANT}?tab=subscription`);
  await screen.findByRole('tab', { name: /Refunds/ });
  host.tenantMovements = () =>
    Promise.reject({
      code: 'failed',
      what: 'The refunds could not be read',
      why: 'The file is busy',
      next: 'Try again',
      place: null,
      requestId: null,
    });
  host.push({ dataVersion: 2 });
  host.push({ dataVersion: 3 });
  await user.click(screen.getByRole('tab', { name: /Refunds/ }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('The refunds could not be read');
  await expectAccessible();
});

test('a lock passphrase is set, changed and removed', async () => {
  const { user, host } = openPage('live', '/settings');
  const part = within(await screen.findByRole('region', { name: 'Locking' }));
  await part.findByText(/None: the keyring opens the books/);
  const set = part.getByRole('button', { name: 'Set a passphrase' });
  await waitFor(() => expect(set).toHaveProperty('disabled', false));
  await user.click(set);
  const sheet = within(await screen.findByRole('dialog', { name: 'Set a lock passphrase' }));
  const keep = sheet.getByRole('button', { name: 'Set the passphrase' });
  await user.type(sheet.getByLabelText('Passphrase'), 'a quiet harbour');
  expect(keep, 'typed once is not enough').toHaveProperty('disabled', true);
  await user.type(sheet.getByLabelText('The same again'), 'a quiet harbour');
  await expectAccessible();
  await user.click(keep);
  expect(await lastCall(host, 'setLockPassphrase')).toEqual([
    'northwind-live',
    null,
    'a quiet harbour',
  ]);
  await screen.findByText('Opening and unlocking ask for the passphrase.');

  await user.click(await screen.findByRole('button', { name: 'Remove the passphrase' }));
  const removing = within(await screen.findByRole('dialog'));
  await user.type(removing.getByLabelText('Present passphrase'), 'wrong');
  await user.click(removing.getByRole('button', { name: 'Remove the passphrase' }));
  await removing.findByText(/This is not the passphrase/);
  await user.clear(removing.getByLabelText('Present passphrase'));
  await user.type(removing.getByLabelText('Present passphrase'), 'a quiet harbour');
  await user.click(removing.getByRole('button', { name: 'Remove the passphrase' }));
  await screen.findByText(/None: the keyring opens the books/);
  expect(await lastCall(host, 'setLockPassphrase')).toEqual([
    'northwind-live',
    'a quiet harbour',
    null,
  ]);
});

test('the sample company has nothing to lock', async () => {
  openPage('sample', '/settings');
  const part = within(await screen.findByRole('region', { name: 'Locking' }));
  expect(part.queryByRole('button', { name: 'Set a passphrase' })).toBeNull();
});
