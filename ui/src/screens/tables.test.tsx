/** Tenants and invoices: rows, filters, order, keys, peek, selection, and their five states. */
import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ALL_INVOICES, ALL_TENANTS } from '../host/filters';
import { expectAccessible, lastCall, openPage } from '../test/page';

const grid = () => screen.findByRole('grid');
const rowsIn = async () =>
  within(await grid())
    .getAllByRole('row')
    .slice(1);
const activeRow = async () => (await grid()).querySelector('[data-active]')?.textContent ?? '';

test('the tenants’ table shows the first rows and says how many there are', async () => {
  openPage('sample', '/tenants');
  await screen.findAllByText('Alder & Finch Logistics');
  const table = await grid();
  expect(table.getAttribute('aria-rowcount')).toBe('239');
  expect((await rowsIn()).length, 'one screen, not all of them').toBe(21);
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Tenants');
  await expectAccessible();
});

test('a million rows cost no more than a screen', async () => {
  const { user } = openPage('million', '/tenants');
  await waitFor(async () => expect((await grid()).getAttribute('aria-rowcount')).toBe('1000001'));
  expect((await rowsIn()).length).toBe(21);
  await user.keyboard('{End}');
  await waitFor(async () => {
    const last = (await rowsIn()).at(-1);
    expect(last?.getAttribute('aria-rowindex')).toBe('1000001');
    expect(last?.textContent).toMatch(/Tenant|[A-Z]/);
  });
});

test('j, k, x, Space, Enter and Escape drive the table', async () => {
  const { user, host, path } = openPage('sample', '/tenants');
  const first = await screen.findAllByText('Alder & Finch Logistics');
  expect(first.length).toBeGreaterThan(0);
  const before = await activeRow();
  await user.keyboard('jj');
  const after = await activeRow();
  expect(after).not.toBe(before);
  await user.keyboard('k');
  await user.keyboard('x');
  expect(await screen.findByText('1 tenant selected')).toBeTruthy();
  await user.keyboard(' ');
  const peek = await screen.findByRole('complementary');
  await within(peek).findByText('Open the tenant');
  await expectAccessible();
  await user.keyboard('j');
  await waitFor(() => expect(host.calls.filter(([name]) => name === 'tenant').length).toBe(2));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull());
  expect(screen.getByText('1 tenant selected'), 'one step back, not two').toBeTruthy();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByText('1 tenant selected')).toBeNull());
  await user.keyboard('{Enter}');
  await waitFor(() => expect(path()).toMatch(/^\/tenants\/cus_/));
});

test('a heading orders the rows: amounts from the largest, then turned', async () => {
  const { user, host } = openPage('sample', '/tenants');
  await user.click(await screen.findByRole('button', { name: 'MRR' }));
  await waitFor(async () =>
    expect(await lastCall(host, 'tenants')).toMatchObject([
      { sort: 'mrr', direction: 'descending', first: 0, count: 200 },
    ]),
  );
  const heading = await screen.findByRole('columnheader', { name: 'MRR' });
  expect(heading.getAttribute('aria-sort')).toBe('descending');
  await user.click(screen.getByRole('button', { name: 'MRR' }));
  await waitFor(async () =>
    expect(await lastCall(host, 'tenants')).toMatchObject([{ direction: 'ascending' }]),
  );
});

test('search and filters reach the desk, and clearing them brings all back', async () => {
  const { user, host } = openPage('sample', '/tenants');
  await screen.findAllByText('Alder & Finch Logistics');
  await user.keyboard('/');
  await user.keyboard('nobody is called so');
  expect(await screen.findByText('No tenants pass the filter')).toBeTruthy();
  expect(screen.getByText('Holds “nobody is called so”')).toBeTruthy();
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Clear the filter' }));
  await screen.findAllByText('Alder & Finch Logistics');
  await user.click(screen.getByRole('button', { name: 'Past due', pressed: false }));
  await waitFor(async () =>
    expect(await lastCall(host, 'tenants')).toMatchObject([
      { filter: { ...ALL_TENANTS, pastDue: true } },
    ]),
  );
});

test('invoices are filtered by state and day, and their totals follow', async () => {
  const { user, host } = openPage('sample', '/invoices');
  await screen.findByText(/^Totals of/);
  expect(screen.getByText(/drafts? left out/)).toBeTruthy();
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'State', expanded: false }));
  await user.click(await screen.findByRole('checkbox', { name: 'Past due' }));
  const filter = { ...ALL_INVOICES, statuses: ['past_due'] };
  await waitFor(async () =>
    expect(await lastCall(host, 'invoiceTotals'), 'totals are of what is filtered').toEqual([
      filter,
    ]),
  );
  expect(await lastCall(host, 'invoices')).toMatchObject([
    { filter, sort: 'finalized', direction: 'descending' },
  ]);
  await user.keyboard('{Escape}');
  await user.click(await screen.findByRole('button', { name: 'Finalised', expanded: false }));
  await user.click(await screen.findByRole('button', { name: 'Last month' }));
  await waitFor(async () =>
    expect(await lastCall(host, 'invoices')).toMatchObject([
      { filter: { ...filter, finalizedFrom: '2026-10-01', finalizedTo: '2026-10-31' } },
    ]),
  );
});

test('an amount needs one currency', async () => {
  const { user, host } = openPage('sample', '/invoices');
  await screen.findByText(/^Totals of/);
  await user.click(screen.getByRole('button', { name: 'Total', expanded: false }));
  expect(await screen.findByText(/Choose one currency first/)).toBeTruthy();
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Currency', expanded: false }));
  await user.click(await screen.findByRole('checkbox', { name: 'KWD' }));
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Total', expanded: false }));
  await user.type(await screen.findByLabelText('At least, KWD'), '1,000.5');
  await waitFor(async () =>
    expect(await lastCall(host, 'invoices')).toMatchObject([
      { filter: { currencies: ['KWD'], totalMin: 1_000_500 } },
    ]),
  );
});

test('while nothing is known, rows are outlined and nothing is claimed', async () => {
  openPage('slow', '/tenants');
  const table = await grid();
  expect(table.getAttribute('aria-rowcount')).toBe('-1');
  expect(table.getAttribute('aria-busy')).toBe('true');
  expect(screen.getByRole('heading', { level: 1 }).nextSibling).toBeNull();
});

test('empty books say so and offer the one next step', async () => {
  const { user, host } = openPage('empty', '/invoices');
  await screen.findByText('No invoices are loaded yet');
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Load from Stripe' }));
  expect(await lastCall(host, 'syncStart')).toEqual([false]);
});

test('a failure says what, why, what to do, and the request', async () => {
  const { user, host } = openPage('errors', '/invoices');
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('The invoices could not be read');
  expect(alert.textContent).toContain('Restore a backup in Settings');
  expect(alert.textContent).toContain('req_8KqX2mVtz0LpQa');
  await expectAccessible();
  const before = host.calls.filter(([name]) => name === 'invoices').length;
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  await waitFor(() =>
    expect(host.calls.filter(([name]) => name === 'invoices').length).toBeGreaterThan(before),
  );
});

test('the end of a load reads again at once', async () => {
  const { host } = openPage('loading', '/tenants');
  await screen.findAllByText('Alder & Finch Logistics');
  const status = await host.status();
  host.push({});
  const before = host.calls.filter(([name]) => name === 'tenants').length;
  host.push({ progress: { ...status.progress, phase: 'done' }, completeAsOf: 1_795_340_000 });
  await waitFor(() =>
    expect(host.calls.filter(([name]) => name === 'tenants').length).toBe(before + 1),
  );
});

test('a changed data version reads again what is in sight', async () => {
  const { host } = openPage('sample', '/tenants');
  await screen.findAllByText('Alder & Finch Logistics');
  host.push({ dataVersion: 1 });
  const before = host.calls.filter(([name]) => name === 'tenants').length;
  host.push({ dataVersion: 2 });
  await waitFor(() =>
    expect(host.calls.filter(([name]) => name === 'tenants').length).toBe(before + 1),
  );
});
