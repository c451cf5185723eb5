/** The log of events, what was changed elsewhere, and the webhook listener. */
import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ALL_EVENTS } from '../host/filters';
import { expectAccessible, lastCall, openPage } from '../test/page';

test('the log is filtered by days, type and outcome, and opens an event', async () => {
  const { user, host } = openPage('sample', '/log');
  await screen.findAllByText('Invoice paid');
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'About', expanded: false }));
  await user.click(await screen.findByRole('radio', { name: 'Invoices' }));
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Outcome', expanded: false }));
  await user.click(await screen.findByRole('radio', { name: 'Applied' }));
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Days', expanded: false }));
  await user.click(await screen.findByRole('button', { name: 'Since yesterday' }));
  await user.keyboard('{Escape}');
  const filter = {
    ...ALL_EVENTS,
    typePrefix: 'invoice.',
    outcome: 'payload',
    from: '2026-11-21',
  };
  await waitFor(async () => expect((await lastCall(host, 'events'))[0]).toEqual(filter));
  const cells = await screen.findAllByText('Invoice paid');
  await user.click(cells[0] as HTMLElement);
  const peek = await screen.findByRole('complementary');
  await within(peek).findByRole('rowheader', { name: 'status' });
  expect(within(peek).getByText('→ paid')).toBeTruthy();
  await expectAccessible();
  await user.click(within(peek).getByRole('button', { name: 'Show what Stripe sent' }));
  expect(await within(peek).findByText(/"object": "event"/)).toBeTruthy();
});

test('a change made elsewhere is explained, and then says by whom', async () => {
  const { user, host } = openPage('sample', '/log/elsewhere?from=2026-11-22');
  const [explain] = await screen.findAllByRole('button', { name: 'Explain' });
  await expectAccessible();
  await user.click(explain as HTMLElement);
  await user.type(await screen.findByLabelText('Who did this, and why'), 'Kim, by phone{Enter}');
  await screen.findByText('“Kim, by phone”');
  expect((await lastCall(host, 'explainElsewhere'))[1]).toBe('Kim, by phone');
  await expectAccessible();
});

test('what changed since yesterday is one click from the overview', async () => {
  const { user, host, path } = openPage('sample', '/');
  await user.click(await screen.findByText('What changed since yesterday'));
  await waitFor(() => expect(path()).toBe('/log'));
  await waitFor(async () =>
    expect((await lastCall(host, 'events'))[0]).toEqual({ ...ALL_EVENTS, from: '2026-11-21' }),
  );
});

test('a log without events says why, and a failure says what', async () => {
  openPage('empty', '/log');
  await screen.findByText('No events are loaded yet');
  await expectAccessible();
});

test('the listener is switched on with a signing secret and shows how to use it', async () => {
  const { user, host } = openPage('live', '/settings');
  const part = within(await screen.findByRole('region', { name: 'Webhooks' }));
  await user.click(await part.findByRole('radio', { name: 'On' }));
  expect(part.getByRole('button', { name: 'Keep' }), 'a secret is needed').toHaveProperty(
    'disabled',
    true,
  );
  await user.type(part.getByLabelText('Signing secret'), 'whsec_0123456789abcdef');
  await user.click(part.getByRole('button', { name: 'Keep' }));
  expect(await lastCall(host, 'setWebhook')).toEqual([true, 4242, 'whsec_0123456789abcdef']);
  await part.findByText('It listens.');
  expect(part.getByText('stripe listen --forward-to http://127.0.0.1:4242/webhooks')).toBeTruthy();
  expect(part.getByLabelText('Signing secret')).toHaveProperty('value', '');
  await expectAccessible();
});

test('the completeness check says what is wrong, what a proof takes, and proves', async () => {
  const { user, host } = openPage('live', '/tenants');
  await user.click(await screen.findByRole('button', { name: /^Completeness: Charges of Nov/ }));
  const sheet = within(await screen.findByRole('dialog', { name: 'Completeness check' }));
  await sheet.findByText(/Prove that month again/);
  await expectAccessible();
  await user.click(sheet.getByRole('button', { name: 'Charges' }));
  await user.click(await sheet.findByRole('button', { name: 'Prove · 27' }));
  expect(await lastCall(host, 'prove')).toEqual([
    { list: 'charges', month: '2026-11', due: false },
  ]);
  await sheet.findByText('Everything agrees with Stripe');
  await sheet.findByText('Every month of every list is proven within its stated age');
  expect(sheet.getByRole('button', { name: 'Prove what is due' })).toHaveProperty('disabled', true);
  await user.click(sheet.getByRole('button', { name: /^Prove everything now · \d+ reads$/ }));
  expect(await lastCall(host, 'prove')).toEqual([{ list: null, month: null, due: false }]);
});

test('how old a proof may grow is chosen list by list', async () => {
  const { user, host } = openPage('live', '/settings');
  const part = within(await screen.findByRole('region', { name: 'Completeness check' }));
  await user.click(await part.findByRole('button', { name: /Customers/ }));
  await user.click(await screen.findByRole('option', { name: '30 days' }));
  expect(await lastCall(host, 'setProofAge')).toEqual(['customers', 30 * 86_400]);
});
