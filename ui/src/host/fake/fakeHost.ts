/** A desk without a desktop: the same answers for the same scenario. Tests and development. */
import type { Host } from '../host';
import type * as T from '../types';
import { company, farTenant } from './company';
import { invoiceMovementsOf, invoiceOf, overviewOf, tenantMovementsOf, tenantOf } from './details';
import { elsewhereOf, eventDetail, eventPage, eventsOf } from './events';
import { keyCheckOf } from './keys';
import { BUDGET, completenessOf, PROVEN, scheduleOf } from './proofs';
import { invoicePage, tenantPage, totalsOf } from './tables';
import { usageHost } from './usage';

const SCENARIOS = [
  'sample',
  'live',
  'first-run',
  'no-keyring',
  'locked',
  'locked-passphrase',
  'choose',
  'empty',
  'loading',
  'offline',
  'errors',
  'slow',
  'million',
] as const;

export type Scenario = (typeof SCENARIOS)[number];

export const isScenario = (name: string): name is Scenario =>
  (SCENARIOS as readonly string[]).includes(name);

export interface FakeOptions {
  scenario: Scenario;
  /** UTC seconds. */
  now: number;
  tenants?: number;
  settings?: Partial<T.Settings>;
}

export interface FakeHost extends Host {
  /** What was asked for, in order, for tests. */
  readonly calls: [name: string, ...args: unknown[]][];
  /** Tells a changed status, as the desk would. */
  push(change: Partial<T.Status>): void;
}

function deskError(code: T.Code, what: string, why: string, next: string): T.DeskError {
  return { code, what, why, next, place: null, requestId: null };
}

const SETTINGS: T.Settings = {
  theme: 'system',
  comfortableRows: false,
  zone: 'Europe/Berlin',
  entityName: 'Northwind Mail',
  lockAfterMinutes: 15,
  liveSharePercent: 40,
};

const ACCOUNTS: Record<T.Mode, T.AccountSummary> = {
  sample: {
    name: 'sample',
    stripeAccount: 'acct_1Sample0000007Xk',
    entityName: 'Northwind Mail',
    mode: 'sample',
    open: true,
    needsPassphrase: false,
  },
  test: {
    name: 'northwind-test',
    stripeAccount: 'acct_1QTestAbCdEf07Xk',
    entityName: 'Northwind Mail',
    mode: 'test',
    open: true,
    needsPassphrase: false,
  },
  live: {
    name: 'northwind-live',
    stripeAccount: 'acct_1QLiveAbCdEf07Xk',
    entityName: 'Northwind Mail',
    mode: 'live',
    open: true,
    needsPassphrase: false,
  },
};

const LISTS = [
  'Customers',
  'Products',
  'Prices',
  'Coupons',
  'Tax rates',
  'Subscriptions',
  'Invoices',
  'Invoice payments',
  'Payment intents',
  'Charges',
  'Credit notes',
];

function stateOf({ scenario, settings }: FakeOptions): T.AppState {
  const mode = scenario === 'live' || scenario === 'loading' ? 'live' : 'sample';
  const bare = scenario === 'first-run' || scenario === 'no-keyring';
  const locked = scenario.startsWith('locked');
  const account = {
    ...ACCOUNTS[locked || scenario === 'choose' ? 'live' : mode],
    open: !locked && scenario !== 'choose',
    needsPassphrase: scenario === 'locked-passphrase',
  };
  return {
    version: '0.1.0',
    accounts: bare ? [] : [account, { ...ACCOUNTS.test, open: false }],
    current: bare || scenario === 'choose' ? null : account.name,
    locked,
    keyringAvailable: scenario !== 'no-keyring' && scenario !== 'locked-passphrase',
    settings: { ...SETTINGS, ...settings },
    problem: null,
  };
}

function progressOf(scenario: Scenario, now: number): T.SyncProgress {
  const loading = scenario === 'loading';
  return {
    phase: loading ? 'loading' : scenario === 'empty' ? 'idle' : 'done',
    lists: LISTS.map((list, at) => ({
      list,
      objects: scenario === 'empty' ? 0 : 1204 + at * 731,
      done: !loading || at < 6,
      completeAt: loading && at >= 6 ? null : now - 3600,
      refused: scenario === 'live' && list === 'Tax rates' ? 'rak_tax_rate_read' : null,
    })),
    objects: loading ? 48_200 : 61_804,
    objectsPerSecond: loading ? 2380 : 0,
    secondsLeft: loading ? 190 : null,
    requests: 619,
    throttled: loading ? 4 : 0,
    error: null,
  };
}

function statusOf({ scenario, now }: FakeOptions, account: string): T.Status {
  const never = scenario === 'loading' || scenario === 'empty';
  return {
    account,
    completeAsOf: never ? null : now - 2 * 3600,
    progress: progressOf(scenario, now),
    unreadable: scenario === 'live' ? 3 : 0,
    readsThisMonth: 1204,
    readAllocation: 10_000,
    online: scenario === 'offline' ? false : scenario === 'empty' ? null : true,
    fileBytes: 48_300_000,
    dataVersion: 1,
  };
}

const MILLION = 1_000_000;
const SHA256 = 'b1946ac92492d2347c6235b4d2611184a3f0c1e9d8b7a6f5e4d3c2b1a0998877';
const RECOVERY_KEY = 'KXQF-7M2A-PLD9-W3TC-HVZ6-R4NB-Y8GJ-E5SU-2KQM';

const WEBHOOK: T.WebhookState = {
  enabled: false,
  listening: false,
  port: 4242,
  address: 'http://127.0.0.1:4242/webhooks',
  command: 'stripe listen --forward-to http://127.0.0.1:4242/webhooks',
  secrets: 0,
  oldSecretUntil: null,
  problem: null,
  arrived: 0,
  waiting: 0,
  lastAt: null,
  refusals: [],
};

const DOCTOR: T.DoctorReport = {
  fileWhole: true,
  fileWords: [],
  objects: 61_804,
  versions: 70_112,
  rebuilt: null,
  ledgerEntries: 42,
  ledgerBroken: null,
};

function exportedTo(path: string, rows: number): T.Exported {
  return {
    path,
    controlSheet: path.replace(/\.\w+$/, '.control.json'),
    rows,
    bytes: rows * 412,
    sha256: SHA256,
    sums: [],
  };
}

export function fakeHost(options: FakeOptions): FakeHost {
  const { scenario, now } = options;
  const bare = scenario === 'empty' || scenario === 'first-run';
  const data = company(bare ? 0 : (options.tenants ?? 1204), now);
  const calls: FakeHost['calls'] = [];
  const watchers = new Set<(status: T.Status) => void>();
  const events = eventsOf(data, now);
  const signed = new Map<string, T.SignOff>();
  const eventOf = (id: string) => found(events.find((row) => row.id === id) ?? null, `Event ${id}`);
  let watch: T.Watch = {
    running: true,
    paused: false,
    focused: true,
    pollSeconds: 300,
    lastPollAt: now - 120,
    nextPollAt: now + 180,
    lastProblem: null,
    waitingEvents: 0,
  };
  let webhook = WEBHOOK;
  let schedule = scheduleOf();
  let whole = scenario !== 'live';
  let state = stateOf(options);
  let status = statusOf(options, state.current ?? '');

  const failure: T.DeskError = {
    ...deskError(
      'failed',
      'The invoices could not be read',
      'The file of the books is damaged at page 4,096',
      'Restore a backup in Settings, or load the account again',
    ),
    requestId: 'req_8KqX2mVtz0LpQa',
  };

  async function answer<Answer>(
    name: string,
    args: unknown[],
    make: () => Answer,
  ): Promise<Answer> {
    calls.push([name, ...args]);
    if (scenario === 'slow') await new Promise(() => {});
    return make();
  }

  async function read<Answer>(name: string, args: unknown[], make: () => Answer): Promise<Answer> {
    return answer(name, args, () => {
      if (scenario === 'errors') throw failure;
      return make();
    });
  }

  function found<Thing>(thing: Thing | null, what: string): Thing {
    if (thing !== null) return thing;
    throw deskError('not_found', `${what} is not in these books`, 'It may be new', 'Update now');
  }

  function push(change: Partial<T.Status>) {
    status = { ...status, ...change };
    for (const watcher of watchers) watcher(status);
  }

  const detailsOf = (name: string): T.AccountDetails => {
    const account = state.accounts.find((one) => one.name === name) ?? ACCOUNTS.live;
    const sample = account.mode === 'sample';
    return {
      account,
      keyKind: sample ? null : 'restricted',
      keyHint: sample ? null : `rk_${account.mode}_…a1b2`,
      apiBase: sample ? 'http://127.0.0.1:41999' : 'https://api.stripe.com',
      secretHome: sample ? 'sample' : 'keyring',
      connectedAt: now - 40 * 86_400,
      folder: `/home/dana/.local/share/meterdesk/${account.name}`,
      readOnly: false,
    };
  };

  const become = (account: T.AccountSummary, locked = false) => {
    const others = state.accounts.filter((one) => one.name !== account.name);
    state = { ...state, accounts: [account, ...others], current: account.name, locked };
    return state;
  };

  return {
    calls,
    push,
    appState: async () => state,
    openKeyPage: () => answer('openKeyPage', [], () => undefined),
    openSample: () =>
      answer('openSample', [], () => {
        become(ACCOUNTS.sample);
        return ACCOUNTS.sample;
      }),
    checkKey: (key, apiBase) => answer('checkKey', [key, apiBase], () => keyCheckOf(key)),
    connect: (request) =>
      answer('connect', [request], () => {
        become(ACCOUNTS.live);
        return {
          account: ACCOUNTS.live,
          recoveryKey: RECOVERY_KEY,
          check: keyCheckOf(request.key),
        };
      }),
    replaceKey: (account, key) =>
      answer('replaceKey', [account, key], () => {
        const check = keyCheckOf(key);
        if (check.usable) return detailsOf(account);
        throw { ...deskError('invalid', 'The key stays', check.notes[0] ?? '', ''), place: 'key' };
      }),
    setLockPassphrase: (name, current, passphrase) =>
      answer('setLockPassphrase', [name, current, passphrase], () => {
        const account = found(state.accounts.find((one) => one.name === name) ?? null, name);
        if (account.needsPassphrase && current === 'wrong') {
          throw {
            ...deskError('invalid', 'The lock was not changed', 'This is not the passphrase', ''),
            place: 'current',
          };
        }
        become({ ...account, open: true, needsPassphrase: passphrase !== null });
        return detailsOf(name);
      }),
    accountDetails: (account) => answer('accountDetails', [account], () => detailsOf(account)),
    disconnect: (account, deleteData) =>
      answer('disconnect', [account, deleteData], () => {
        const left = state.accounts.filter((one) => one.name !== account);
        state = { ...state, accounts: left, current: null };
      }),
    switchAccount: (name) =>
      answer('switchAccount', [name], () => {
        const account = found(state.accounts.find((one) => one.name === name) ?? null, name);
        become({ ...account, open: true });
        return account;
      }),
    openWithRecoveryKey: (name, recoveryKey, passphrase) =>
      answer('openWithRecoveryKey', [name, recoveryKey, passphrase], () => {
        become({ ...ACCOUNTS.live, open: true });
        return ACCOUNTS.live;
      }),
    unlock: (passphrase) =>
      answer('unlock', [passphrase], () => {
        if (passphrase === 'wrong') {
          throw deskError(
            'invalid',
            'The books stay locked',
            'This passphrase does not open them',
            'Try again, or use the recovery key',
          );
        }
        return become({ ...ACCOUNTS.live, open: true });
      }),
    lock: () =>
      answer('lock', [], () => {
        state = { ...state, locked: true };
      }),
    watchLock: () => () => undefined,
    touch: async () => undefined,
    syncStart: (full) =>
      answer('syncStart', [full], () => push({ progress: progressOf('loading', now) })),
    syncCancel: () =>
      answer('syncCancel', [], () =>
        push({ progress: { ...status.progress, phase: 'cancelled' } }),
      ),
    status: async () => status,
    watchStatus: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    watchState: () => read('watchState', [], () => watch),
    setWatch: (paused) =>
      answer('setWatch', [paused], () => {
        watch = { ...watch, paused, nextPollAt: paused ? null : now + 180 };
        return watch;
      }),
    setFocus: async () => undefined,
    overview: () => read('overview', [], () => overviewOf(data, now - 2 * 3600)),
    tenants: (query) =>
      read('tenants', [query], () => {
        if (scenario !== 'million' || query.filter.text) return tenantPage(data.tenants, query);
        const count = Math.min(query.count, MILLION - query.first);
        const rows = Array.from({ length: count }, (_, at) => farTenant(query.first + at, now));
        return { total: MILLION, first: query.first, rows };
      }),
    tenant: (id) => read('tenant', [id], () => found(tenantOf(data, id, now), `Tenant ${id}`)),
    tenantMovements: (id) => read('tenantMovements', [id], () => tenantMovementsOf(data, id, now)),
    invoices: (query) => read('invoices', [query], () => invoicePage(data.invoices, query)),
    invoiceTotals: (filter) =>
      read('invoiceTotals', [filter], () => totalsOf(data.invoices, filter)),
    invoice: (id) => read('invoice', [id], () => found(invoiceOf(data, id, now), `Invoice ${id}`)),
    invoiceMovements: (id) =>
      read('invoiceMovements', [id], () => {
        const row = data.invoices.find((invoice) => invoice.id === id) ?? null;
        return invoiceMovementsOf(found(row, `Invoice ${id}`), now);
      }),
    filterChoices: async () => ({
      tenantPlans: ['Enterprise', 'Free', 'Professional', 'Starter'],
      invoicePlans: ['Enterprise', 'Free', 'Professional', 'Starter'],
      currencies: ['EUR', 'GBP', 'JPY', 'KWD', 'USD'],
    }),
    search: (text) =>
      read('search', [text], () => {
        const wanted = text.toLowerCase();
        const tenants = data.tenants
          .filter((row) => row.name.toLowerCase().includes(wanted))
          .slice(0, 5)
          .map((row) => ({
            kind: 'tenant',
            id: row.id,
            title: row.name,
            detail: `${row.plan ?? 'No plan'} · ${row.id}`,
          }));
        const invoices = data.invoices
          .filter((row) => row.number?.toLowerCase().includes(wanted))
          .slice(0, 5)
          .map((row) => ({
            kind: 'invoice',
            id: row.id,
            title: row.number ?? 'Draft',
            detail: row.tenant,
          }));
        return [...tenants, ...invoices];
      }),
    ...usageHost(data, read, answer),
    events: (filter, first, count) =>
      read('events', [filter, first, count], () => eventPage(events, filter, first, count)),
    event: (id) => read('event', [id], () => eventDetail(eventOf(id), signed.get(id) ?? null)),
    elsewhere: (from, to) =>
      read('elsewhere', [from, to], () => elsewhereOf(events, signed, from, to)),
    explainElsewhere: (id, explanation) =>
      answer('explainElsewhere', [id, explanation], () => {
        signed.set(id, { at: now, author: 'dana', explanation });
        return eventDetail(eventOf(id), signed.get(id) ?? null);
      }),
    importEvents: (path) =>
      answer('importEvents', [path], () => ({ events: 120, new: 17, sha256: SHA256 })),
    completeness: () => read('completeness', [], () => completenessOf(now, whole)),
    prove: async (request, progress) => {
      calls.push(['prove', request]);
      for (let step = 1; step <= 4; step += 1) {
        progress({ list: 'Invoices', month: '2026-11', done: step * 15_000, of: 61_804 });
        await new Promise((resume) => setTimeout(resume, 20));
      }
      whole = true;
      return PROVEN;
    },
    proveStop: () => answer('proveStop', [], () => undefined),
    proofSchedule: () => read('proofSchedule', [], () => schedule),
    setProofAge: (list, age) =>
      answer('setProofAge', [list, age], () => {
        schedule = schedule.map((one) =>
          one.list === list ? { ...one, maxAgeSeconds: age ?? one.usualSeconds } : one,
        );
        return schedule;
      }),
    readBudget: () => read('readBudget', [], () => BUDGET),
    webhookState: () => read('webhookState', [], () => webhook),
    setWebhook: (enabled, port, secret) =>
      answer('setWebhook', [enabled, port, secret], () => {
        const secrets = Math.min(2, webhook.secrets + (secret === null ? 0 : 1));
        const address = `http://127.0.0.1:${port}/webhooks`;
        const command = `stripe listen --forward-to ${address}`;
        webhook = { ...webhook, enabled, listening: enabled, port, secrets, address, command };
        return webhook;
      }),
    pickSavePath: (suggested) =>
      answer('pickSavePath', [suggested], () => `/home/dana/Exports/${suggested}`),
    pickOpenPath: (extension) =>
      answer('pickOpenPath', [extension], () => '/home/dana/northwind.meterdesk-backup'),
    export: async (request, path, progress, stop) => {
      calls.push(['export', request, path]);
      if (scenario === 'errors') throw failure;
      const total = data.invoices.length;
      for (let step = 1; step <= 10; step += 1) {
        progress({ rows: Math.round((total * step) / 10), total });
        // Gives a person, or a test, the moment to stop it.
        await new Promise((resume) => setTimeout(resume, 20));
        if (stop.aborted) throw deskError('cancelled', 'The export was stopped', 'By you', '');
      }
      return exportedTo(path, total);
    },
    statement: (customer, format, path) =>
      read('statement', [customer, format, path], () => exportedTo(path, 26)),
    setSettings: (settings) =>
      answer('setSettings', [settings], () => {
        state = { ...state, settings };
        return settings;
      }),
    ledgerVerify: () =>
      read('ledgerVerify', [], () => ({
        entries: 42,
        head: '9f2c4be1a7d05c3388e61f0b7a92d4c6e5f8a1b2c3d4e5f60718293a4b5c6d7e',
        broken: null,
      })),
    ledgerRows: (first, count) =>
      read('ledgerRows', [first, count], () =>
        Array.from({ length: Math.min(count, 12) }, (_, at) => ({
          sequence: 42 - first - at,
          at: now - at * 7200,
          author: 'dana',
          words: at % 3 === 0 ? 'Exported 1,204 invoices to invoices.csv' : 'Account connected',
          hash: `${'9f2c4be1a7d05c33'.repeat(4)}`,
        })),
      ),
    backup: (path, passphrase) =>
      answer('backup', [path, passphrase], () => ({ path, bytes: 48_300_000, sha256: SHA256 })),
    restore: (path, passphrase, account, ownPassphrase) =>
      answer('restore', [path, passphrase, account, ownPassphrase], () => ({
        account: ACCOUNTS.live,
        recoveryKey: RECOVERY_KEY,
        next: 'Enter the account’s Stripe key before the next update',
      })),
    doctor: () => read('doctor', [], () => DOCTOR),
    doctorRebuild: async (progress) => {
      calls.push(['doctorRebuild']);
      if (scenario === 'errors') throw failure;
      for (let step = 1; step <= 4; step += 1) {
        progress({ done: step * 15_451, total: DOCTOR.objects });
        await new Promise((resume) => setTimeout(resume, 20));
      }
      return { ...DOCTOR, rebuilt: DOCTOR.objects };
    },
    diagnostics: (path) => answer('diagnostics', [path], () => path),
    eraseCustomer: (id, reason) =>
      answer('eraseCustomer', [id, reason], () => ({
        customer: id,
        versions: 3,
        rows: 4,
        ledgerSequence: 43,
      })),
    openInDashboard: (url) => answer('openInDashboard', [url], () => undefined),
  };
}
