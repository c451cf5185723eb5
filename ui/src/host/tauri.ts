/** The desk behind the page, over tauri's commands. */
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Host } from './host';

type Arguments = Record<string, unknown>;

const call = <Answer>(name: string, args?: Arguments) => invoke<Answer>(name, args);

/** A channel that hands its messages on until it is stopped. */
function listen<Message>(command: string, heard: (message: Message) => void): () => void {
  let stopped = false;
  const channel = new Channel<Message>((message) => {
    if (!stopped) heard(message);
  });
  void call<null>(command, { channel });
  return () => {
    stopped = true;
  };
}

let jobs = 0;

export const tauriHost: Host = {
  appState: () => call('app_state'),
  openSample: () => call('open_sample'),
  openKeyPage: () => call('open_key_page'),
  checkKey: (key, apiBase) => call('check_key', { key, apiBase }),
  connect: (request) => call('connect', { ...request }),
  replaceKey: (name, key) => call('replace_key', { name, key }),
  accountDetails: (name) => call('account_details', { name }),
  disconnect: (name, deleteData) => call('disconnect', { name, deleteData }),
  switchAccount: (name) => call('switch_account', { name }),
  unlock: (passphrase) => call('unlock', { passphrase }),
  openWithRecoveryKey: (name, recoveryKey, passphrase) =>
    call('open_with_recovery_key', { name, recoveryKey, passphrase }),
  lock: () => call('lock'),
  watchLock: (changed) => listen('watch_lock', changed),
  touch: () => call('touch'),
  syncStart: (full) => call('sync_start', { full }),
  syncCancel: () => call('sync_cancel'),
  status: () => call('status'),
  watchStatus: (changed) => listen('watch_status', changed),
  overview: () => call('overview'),
  tenants: (query) => call('tenants', { ...query }),
  tenant: (id) => call('tenant', { id }),
  invoices: (query) => call('invoices', { ...query }),
  invoiceTotals: (filter) => call('invoice_totals', { filter }),
  invoice: (id) => call('invoice', { id }),
  filterChoices: () => call('filter_choices'),
  search: (text) => call('search', { text }),
  pickSavePath: (suggestedName) => call('pick_save_path', { suggestedName }),
  pickOpenPath: (extension) => call('pick_open_path', { extension }),
  export: (request, path, progress, stop) => {
    jobs += 1;
    const job = `export-${jobs}`;
    stop.addEventListener('abort', () => void call('cancel_job', { job }));
    return call('export', { request, path, job, progress: new Channel(progress) });
  },
  statement: (customer, format, path) => call('statement', { customer, format, path }),
  setSettings: (settings) => call('set_settings', { settings }),
  ledgerVerify: () => call('ledger_verify'),
  ledgerRows: (first, count) => call('ledger_rows', { first, count }),
  backup: (path, passphrase) => call('backup', { path, passphrase }),
  restore: (path, passphrase, name, ownPassphrase) =>
    call('restore', { path, passphrase, name, ownPassphrase }),
  diagnostics: (path) => call('diagnostics', { path }),
  eraseCustomer: (id, reason) => call('erase_customer', { id, reason }),
  openInDashboard: (url) => call('open_in_dashboard', { url }),
};
