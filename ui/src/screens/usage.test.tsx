/** Usage against allowances: the table, charts by pointer and keys, imports, plans. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { shapesOf } from '../chart/svg';
import { chartOf } from '../host/fake/usage';
import { expectAccessible, lastCall, openPage } from '../test/page';
import { dateWords, quantityWords, shareWords, spanOfDays } from '../words/usage';

test('the table shows those nearest the limit first, with bars and states in words', async () => {
  const { host } = openPage('sample', '/usage');
  const grid = await screen.findByRole('grid', { name: 'Usage' });
  await waitFor(() => expect(grid.getAttribute('aria-rowcount')).toBe('241'));
  await waitFor(async () =>
    expect(await lastCall(host, 'usageTenants')).toMatchObject([
      { sort: 'percent', direction: 'descending', first: 0 },
    ]),
  );
  expect(within(grid).getAllByText('Over').length).toBeGreaterThan(0);
  expect(within(grid).getAllByText(/^\d[\d,]* %$/).length).toBeGreaterThan(0);
  await expectAccessible();
});

test('filters and search reach the desk, a row leads to the tenant’s usage', async () => {
  const { user, host, path } = openPage('sample', '/usage');
  await screen.findByRole('grid', { name: 'Usage' });
  const [chip] = screen.getAllByRole('button', { name: 'State' });
  if (chip) await user.click(chip);
  await user.click(await screen.findByRole('checkbox', { name: 'Near' }));
  await user.keyboard('{Escape}');
  await waitFor(async () =>
    expect(await lastCall(host, 'usageTenants')).toMatchObject([{ filter: { states: ['near'] } }]),
  );
  const [row] = await screen.findAllByText('Near, runs out 24 Nov');
  if (row) await user.click(row);
  await waitFor(() => expect(path()).toMatch(/^\/tenants\/cus_/));
  expect(await screen.findByText('Expected by the end')).toBeTruthy();
  await expectAccessible();
});

test('a chart is read by the arrow keys and has its table and its sentence', async () => {
  const { user } = openPage('sample', '/tenants/cus_R8s000001Qd?tab=usage');
  const chart = await screen.findByRole('slider');
  chart.focus();
  await user.keyboard('{ArrowRight}');
  expect(chart.getAttribute('aria-valuetext')).toBe('1 Nov 2026, So far 87, Limit 2,000');
  await user.keyboard('{End}');
  expect(chart.getAttribute('aria-valuetext')).toContain('22 Nov 2026');
  expect(screen.getAllByText('22 Nov 2026').length, 'the values stand beside it').toBe(1);
  await user.keyboard('{Escape}');
  expect(screen.queryByText('22 Nov 2026')).toBeNull();
  expect(screen.getByText(/used 1,911 of 2,000 AI credits/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Show the values' }));
  const values = await screen.findByRole('table', { name: 'AI credits used by Alder' });
  expect(within(values).getAllByRole('row').length).toBe(23);
  await expectAccessible();
});

test('the pointer reads the place that it is over', async () => {
  openPage('sample', '/tenants/cus_R8s000001Qd?tab=usage');
  const chart = await screen.findByRole('slider');
  fireEvent.pointerMove(chart, { clientX: 50, clientY: 40 });
  expect(await screen.findByText('1 Nov 2026')).toBeTruthy();
  fireEvent.pointerLeave(chart);
  await waitFor(() => expect(screen.queryByText('1 Nov 2026')).toBeNull());
});

test('only shapes of charts reach the page, and text stays text', () => {
  const shapes = shapesOf(chartOf('x', { width: 480, height: 240, dark: false }).svg);
  expect(shapes.map((shape) => shape.type)).toEqual(['line', 'polyline', 'text']);
  const [, polyline, text] = shapes;
  expect(Object.keys(polyline?.props as object)).not.toContain('onclick');
  expect(text?.props).toMatchObject({ children: '2,000 <b>' });
  expect(shapesOf('no drawing')).toEqual([]);
});

test('all together: figures and four charts', async () => {
  openPage('sample', '/usage/overview');
  expect((await screen.findAllByRole('slider')).length).toBe(4);
  expect(screen.getByText('61,204')).toBeTruthy();
  await expectAccessible();
});

test('a file is checked before it is imported, and can be reversed', async () => {
  const { user, host } = openPage('sample', '/usage/imports');
  await screen.findByText('november.csv');
  await user.click(screen.getByRole('button', { name: 'Import usage' }));
  await user.click(await screen.findByRole('button', { name: 'Choose a file' }));
  await user.click(await screen.findByRole('button', { name: 'Check the file' }));
  expect(await screen.findByText('twelve', { selector: 'code' })).toBeTruthy();
  expect(await lastCall(host, 'usageImport')).toMatchObject([
    '/home/dana/northwind.meterdesk-backup',
    { apply: false },
  ]);
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Import 1,198 records' }));
  expect(await screen.findByText('1,198 records came in.')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Close' }));
  await user.click(await screen.findByRole('button', { name: 'Reverse batch 1' }));
  await user.click(await screen.findByRole('button', { name: 'Reverse 1,198 records' }));
  expect(await screen.findByText(/no longer count\./)).toBeTruthy();
  expect(await lastCall(host, 'usageReverse')).toEqual([1]);
});

test('what prices stand for is proposed, and a person confirms it', async () => {
  const { user, host } = openPage('sample', '/usage');
  expect(await screen.findByText(/3 prices that subscriptions hold/)).toBeTruthy();
  await user.click(screen.getByRole('link', { name: 'Confirm what prices stand for' }));
  await user.click(await screen.findByRole('button', { name: 'Confirm 3 proposed prices' }));
  expect(await lastCall(host, 'mapPrices')).toEqual([
    { prices: [], proposed: true, removed: [] },
    true,
  ]);
  await waitFor(() => expect(screen.queryByText(/Confirm 3 proposed/)).toBeNull());
  await expectAccessible();
});

test('nothing known, and a failure, are said', async () => {
  openPage('empty', '/usage');
  expect(await screen.findByText('No usage is known yet')).toBeTruthy();
});

test('quantities, shares and days in words', () => {
  expect([null, '0', '1911.25', '-1234567', '999'].map(quantityWords)).toEqual([
    '–',
    '0',
    '1,911.25',
    '−1,234,567',
    '999',
  ]);
  expect([null, 0, 340, 9999, 10_000, 10_700, 2_000_000].map(shareWords)).toEqual([
    '–',
    '0 %',
    '3.4 %',
    '99 %',
    '100 %',
    '107 %',
    'over 9,999 %',
  ]);
  expect(dateWords('2026-11-24')).toBe('24 Nov');
  expect(spanOfDays('2026-11-01', '2026-11-30')).toBe('1–30 Nov 2026');
  expect(spanOfDays('2026-12-14', '2027-01-13')).toBe('14 Dec 2026–13 Jan 2027');
});
