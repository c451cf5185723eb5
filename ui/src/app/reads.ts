/** What the page reads from the desk, and when it reads it again.
 *
 * Everything below `books` shows the books' tables: a changed `dataVersion` makes all of it stale,
 * and what is in sight is read again while the old answer stays on the screen. */
import {
  QueryCache,
  QueryClient,
  queryOptions,
  skipToken,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { createContext, use, useEffect, useRef } from 'react';
import { isDeskError } from '../host/errors';
import type { Host } from '../host/host';
import type * as T from '../host/types';
import { useHost } from './host';

const PROVING_MS = 1000;
const WATCH_MS = 10_000;
const LISTENING_MS = 2000;
const AGING_MS = 60_000;

export const reads = {
  app: (host: Host) => queryOptions({ queryKey: ['app'], queryFn: () => host.appState() }),
  status: (host: Host) => queryOptions({ queryKey: ['status'], queryFn: () => host.status() }),
  account: (host: Host, name: string) =>
    queryOptions({ queryKey: ['account', name], queryFn: () => host.accountDetails(name) }),
  overview: (host: Host) =>
    queryOptions({ queryKey: ['books', 'overview'], queryFn: () => host.overview() }),
  choices: (host: Host) =>
    queryOptions({ queryKey: ['books', 'choices'], queryFn: () => host.filterChoices() }),
  tenant: (host: Host, id: string) =>
    queryOptions({ queryKey: ['books', 'tenant', id], queryFn: () => host.tenant(id) }),
  invoice: (host: Host, id: string) =>
    queryOptions({ queryKey: ['books', 'invoice', id], queryFn: () => host.invoice(id) }),
  tenantMovements: (host: Host, id: string) =>
    queryOptions({
      queryKey: ['books', 'tenant-movements', id],
      queryFn: () => host.tenantMovements(id),
    }),
  invoiceMovements: (host: Host, id: string) =>
    queryOptions({
      queryKey: ['books', 'invoice-movements', id],
      queryFn: () => host.invoiceMovements(id),
    }),
  invoiceTotals: (host: Host, filter: T.InvoiceFilter) =>
    queryOptions({
      queryKey: ['books', 'invoice-totals', filter],
      queryFn: () => host.invoiceTotals(filter),
      placeholderData: (before: T.InvoiceTotals[] | undefined) => before,
    }),
  usageTenant: (host: Host, id: string) =>
    queryOptions({
      queryKey: ['books', 'usage-tenant', id],
      queryFn: () => host.usageTenant(id, 'ai_credit'),
    }),
  /** None asked for until the place of the chart is measured. */
  usageChart: (host: Host, id: string, form: T.ChartForm | null) =>
    queryOptions({
      queryKey: ['books', 'usage-chart', id, form],
      queryFn: form ? () => host.usageChart(id, form) : skipToken,
    }),
  usageOverview: (host: Host, form: T.ChartForm | null) =>
    queryOptions({
      queryKey: ['books', 'usage-overview', form],
      queryFn: form ? () => host.usageOverview(form) : skipToken,
    }),
  usageBatches: (host: Host) =>
    queryOptions({ queryKey: ['books', 'usage-batches'], queryFn: () => host.usageBatches() }),
  plans: (host: Host) =>
    queryOptions({ queryKey: ['books', 'plans'], queryFn: () => host.plans() }),
  search: (host: Host, text: string) =>
    queryOptions({
      queryKey: ['books', 'search', text],
      queryFn: () => host.search(text),
      enabled: text.length > 1,
      placeholderData: (before: T.Hit[] | undefined) => before,
    }),
  event: (host: Host, id: string) =>
    queryOptions({ queryKey: ['books', 'event', id], queryFn: () => host.event(id) }),
  elsewhere: (host: Host, from: string | null, to: string | null) =>
    queryOptions({
      queryKey: ['books', 'elsewhere', from, to],
      queryFn: () => host.elsewhere(from, to),
      placeholderData: (before: T.Elsewhere | undefined) => before,
    }),
  watch: (host: Host) =>
    queryOptions({
      queryKey: ['watch'],
      queryFn: () => host.watchState(),
      refetchInterval: WATCH_MS,
    }),
  /** Proofs grow old by time alone, and one may run behind. */
  completeness: (host: Host) =>
    queryOptions({
      queryKey: ['books', 'completeness'],
      queryFn: () => host.completeness(),
      refetchInterval: (query) => (query.state.data?.running ? PROVING_MS : AGING_MS),
    }),
  budget: (host: Host) =>
    queryOptions({
      queryKey: ['books', 'budget'],
      queryFn: () => host.readBudget(),
      refetchInterval: AGING_MS,
    }),
  proofSchedule: (host: Host) =>
    queryOptions({ queryKey: ['books', 'proof-schedule'], queryFn: () => host.proofSchedule() }),
  /** What is refused changes no table: while it listens, it is asked for again and again. */
  webhook: (host: Host) =>
    queryOptions({
      queryKey: ['books', 'webhook'],
      queryFn: () => host.webhookState(),
      refetchInterval: (query) => (query.state.data?.listening ? LISTENING_MS : false),
    }),
  ledger: (host: Host) =>
    queryOptions({ queryKey: ['ledger'], queryFn: () => host.ledgerRows(0, 50) }),
};

const KEPT_MS = 5 * 60_000;

/** One for the page; a locked desk is noticed wherever it is. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isDeskError(error) && error.code === 'locked') void markLocked(client);
      },
    }),
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: KEPT_MS,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}

/** Nothing of the books stays in the page's memory while it is locked. */
export async function markLocked(client: QueryClient) {
  client.setQueryData(['app'], (app: T.AppState | undefined) => app && { ...app, locked: true });
  client.removeQueries({ queryKey: ['books'] });
  client.removeQueries({ queryKey: ['ledger'] });
}

/** Another account, or the same one opened again: reads everything anew. */
export async function readAnew(client: QueryClient) {
  client.removeQueries({ queryKey: ['books'] });
  client.removeQueries({ queryKey: ['ledger'] });
  client.removeQueries({ queryKey: ['account'] });
  client.removeQueries({ queryKey: ['watch'] });
  await client.invalidateQueries({ queryKey: ['app'] });
  await client.invalidateQueries({ queryKey: ['status'] });
}

const AppContext = createContext<T.AppState | null>(null);

/** Hands the app's state down: every day in a table asks for its zone. */
export const AppProvider = AppContext.Provider;

export function useApp(): T.AppState {
  const app = use(AppContext);
  if (!app) throw new Error('This screen stands outside of the app gate');
  return app;
}

export const useStatus = (): T.Status | undefined => useQuery(reads.status(useHost())).data;
export const useZone = (): string => useApp().settings.zone || 'UTC';

export function useAccount(): T.AccountSummary | undefined {
  const app = useApp();
  return app.accounts.find((account) => account.name === app.current);
}

const REREAD_MS = 1000;

const isRunning = ({ progress }: T.Status) =>
  progress.phase === 'loading' || progress.phase === 'finishing';

/** Says whether the window is looked at: then the account is followed more closely. */
export function useFocusTold(active: boolean) {
  const host = useHost();
  useEffect(() => {
    if (!active) return undefined;
    const tell = () => void host.setFocus(document.hasFocus()).catch(() => undefined);
    tell();
    window.addEventListener('focus', tell);
    window.addEventListener('blur', tell);
    return () => {
      window.removeEventListener('focus', tell);
      window.removeEventListener('blur', tell);
    };
  }, [active, host]);
}

/** Hears of every change of the status; what the tables show is read again at most once a second. */
export function useStatusWatch(active: boolean) {
  const host = useHost();
  const client = useQueryClient();
  const seen = useRef<T.Status | null>(null);
  useEffect(() => {
    if (!active) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rereadAt = Number.NEGATIVE_INFINITY;
    const reread = () => {
      timer = undefined;
      rereadAt = performance.now();
      void client.invalidateQueries({ queryKey: ['books'] });
    };
    const stop = host.watchStatus((status) => {
      client.setQueryData(['status'], status);
      const before = seen.current;
      seen.current = status;
      if (before === null) return;
      // What says "complete" must not stand over figures from before it was.
      if (isRunning(before) && !isRunning(status)) {
        clearTimeout(timer);
        reread();
      } else if (before.dataVersion !== status.dataVersion) {
        // A change after a while of quiet is shown at once, a stream of them once a second.
        const wait = rereadAt + REREAD_MS - performance.now();
        timer ??= setTimeout(reread, Math.max(0, wait));
      }
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [active, host, client]);
}
