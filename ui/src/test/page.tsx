/** The one harness: the whole page on a fake desk, at an address, at a fixed time. */
import { render, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryHistory } from '@tanstack/react-router';
import axe from 'axe-core';
import { expect } from 'vitest';
import { App } from '../app/App';
import { makeQueryClient } from '../app/reads';
import { makeRouter } from '../app/router';
import { type FakeHost, fakeHost, type FakeOptions, type Scenario } from '../host/fake/fakeHost';

/** 22 Nov 2026, 09:41 in London. */
const NOW = 1_795_340_460;

export interface TestPage {
  host: FakeHost;
  user: ReturnType<typeof userEvent.setup>;
  /** Where the router stands: "/tenants". */
  path: () => string;
}

export function openPage(
  scenario: Scenario,
  address = '/',
  options: Partial<FakeOptions> = {},
): TestPage {
  const host = fakeHost({ scenario, now: NOW, tenants: 240, ...options });
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  render(<App host={host} clock={() => NOW} client={makeQueryClient()} router={router} />);
  return { host, user: userEvent.setup(), path: () => router.state.location.pathname };
}

/** Colours and sizes need a real window: the tests of the desktop check those. */
const NEEDS_LAYOUT = ['color-contrast', 'scrollable-region-focusable', 'target-size'];

/** axe finds nothing on what is drawn now. */
export async function expectAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: Object.fromEntries(NEEDS_LAYOUT.map((rule) => [rule, { enabled: false }])),
  });
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
  );
  expect(found, 'what axe finds').toEqual([]);
}

/** The name of the last call of a kind, with its arguments. */
export async function lastCall(host: FakeHost, name: string): Promise<unknown[]> {
  return waitFor(() => {
    const call = host.calls.findLast(([one]) => one === name);
    if (!call) throw new Error(`${name} was not asked for`);
    return call.slice(1);
  });
}
