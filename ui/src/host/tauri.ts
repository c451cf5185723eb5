/** The desk behind the page, over tauri's commands. */
import { Channel } from '@tauri-apps/api/core';
import { type AppState as WireAppState, commands } from './bindings';
import { USUAL_SETTINGS } from './filters';
import type { Host } from './host';
import type { AppState } from './types';

/** A channel that hands its messages on until it is stopped. */
function listen<Message>(
  command: (channel: Channel<Message>) => Promise<unknown>,
  heard: (message: Message) => void,
): () => void {
  let stopped = false;
  void command(
    new Channel<Message>((message) => {
      if (!stopped) heard(message);
    }),
  );
  return () => {
    stopped = true;
  };
}

async function nothing(done: Promise<unknown>): Promise<void> {
  await done;
}

const whole = (app: WireAppState): AppState => ({
  ...app,
  settings: { ...USUAL_SETTINGS, ...app.settings },
});

let jobs = 0;

export const tauriHost: Host = {
  appState: async () => whole(await commands.appState()),
  openSample: commands.openSample,
  openKeyPage: () => nothing(commands.openKeyPage()),
  checkKey: commands.checkKey,
  connect: ({ key, name, apiBase, entityName, passphrase }) =>
    commands.connect(key, name, apiBase, entityName, passphrase),
  replaceKey: commands.replaceKey,
  setLockPassphrase: commands.setLockPassphrase,
  accountDetails: commands.accountDetails,
  disconnect: (name, deleteData) => nothing(commands.disconnect(name, deleteData)),
  switchAccount: commands.switchAccount,
  unlock: async (passphrase) => whole(await commands.unlock(passphrase)),
  openWithRecoveryKey: commands.openWithRecoveryKey,
  lock: () => nothing(commands.lock()),
  watchLock: (changed) => listen(commands.watchLock, changed),
  touch: commands.touch,
  syncStart: (full) => nothing(commands.syncStart(full)),
  syncCancel: () => nothing(commands.syncCancel()),
  status: commands.status,
  watchStatus: (changed) => listen(commands.watchStatus, changed),
  watchState: commands.watchState,
  setWatch: commands.setWatch,
  setFocus: (focused) => nothing(commands.setFocus(focused)),
  overview: commands.overview,
  tenants: ({ filter, sort, direction, first, count }) =>
    commands.tenants(filter, sort, direction, first, count),
  tenant: commands.tenant,
  tenantMovements: commands.tenantMovements,
  invoices: ({ filter, sort, direction, first, count }) =>
    commands.invoices(filter, sort, direction, first, count),
  invoiceTotals: commands.invoiceTotals,
  invoice: commands.invoice,
  invoiceMovements: commands.invoiceMovements,
  filterChoices: commands.filterChoices,
  search: commands.search,
  usageTenants: ({ filter, sort, direction, first, count }) =>
    commands.usageTenants(filter, sort, direction, first, count),
  usageTenant: commands.usageTenant,
  usageChart: commands.usageChart,
  usageOverview: commands.usageOverview,
  usageOpen: commands.usageOpen,
  usageImport: (path, request, progress, stop) => {
    jobs += 1;
    const job = `usage-${jobs}`;
    stop.addEventListener('abort', () => void commands.cancelJob(job));
    return commands.usageImport(path, request, job, new Channel(progress));
  },
  usageBatches: () => commands.usageBatches(null, 200),
  usageReverse: commands.usageReverse,
  plans: commands.plans,
  mapPrices: commands.mapPrices,
  events: commands.events,
  event: commands.event,
  elsewhere: commands.elsewhere,
  explainElsewhere: commands.explainElsewhere,
  importEvents: commands.importEvents,
  completeness: commands.completeness,
  prove: (request, progress) => commands.prove(request, new Channel(progress)),
  proveStop: () => nothing(commands.proveStop()),
  proofSchedule: commands.proofSchedule,
  setProofAge: commands.setProofAge,
  readBudget: commands.readBudget,
  webhookState: commands.webhookState,
  setWebhook: commands.setWebhook,
  pickSavePath: commands.pickSavePath,
  pickOpenPath: commands.pickOpenPath,
  export: (request, path, progress, stop) => {
    jobs += 1;
    const job = `export-${jobs}`;
    stop.addEventListener('abort', () => void commands.cancelJob(job));
    return commands.export(request, path, job, new Channel(progress));
  },
  statement: commands.statement,
  setSettings: async (settings) => ({
    ...USUAL_SETTINGS,
    ...(await commands.setSettings(settings)),
  }),
  ledgerVerify: commands.ledgerVerify,
  ledgerRows: commands.ledgerRows,
  backup: commands.backup,
  restore: commands.restore,
  doctor: commands.doctor,
  doctorRebuild: (progress) => commands.doctorRebuild(new Channel(progress)),
  diagnostics: commands.diagnostics,
  eraseCustomer: commands.eraseCustomer,
  openInDashboard: (url) => nothing(commands.openInDashboard(url)),
};
