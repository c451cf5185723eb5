/** Settings: accounts and keys, the company, reading, appearance, locking, upkeep, the log. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useHost } from '../../app/host';
import { useAccount, useApp } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { AppState, Settings as Choices } from '../../host/types';
import { Page, PageBody } from '../../parts/Page';
import { Pick } from '../../parts/Pick';
import { Failed } from '../../parts/States';
import { Accounts } from './Accounts';
import { Company } from './Company';
import { Doctor } from './Doctor';
import { Ledger } from './Ledger';
import { Limits } from './Limits';
import { LockPassphrase } from './LockPassphrase';
import { Plans } from './Plans';
import { Schedule } from './Schedule';
import { Upkeep } from './Upkeep';
import { Webhooks } from './Webhooks';
import styles from './Settings.module.css';

interface PartProps {
  title: string;
  about: string;
  children: ReactNode;
}

function Part({ title, about, children }: PartProps) {
  return (
    <section className={styles.part} aria-label={title}>
      <div>
        <h2>{title}</h2>
        <p className={styles.about}>{about}</p>
      </div>
      <div className={styles.controls}>{children}</div>
    </section>
  );
}

/** Keeps a choice at once; the page shows it before the desk has answered. */
function useChoices() {
  const host = useHost();
  const client = useQueryClient();
  const app = useApp();
  const save = useMutation({
    mutationFn: (change: Partial<Choices>) => host.setSettings({ ...app.settings, ...change }),
    onMutate: (change) => {
      client.setQueryData(['app'], { ...app, settings: { ...app.settings, ...change } });
      return app;
    },
    onError: (_error, _change, before) => client.setQueryData(['app'], before),
    onSuccess: async (settings) => {
      client.setQueryData(['app'], (now: AppState | undefined) => now && { ...now, settings });
      // The zone and the name stand on every screen.
      await client.invalidateQueries({ queryKey: ['books'] });
    },
  });
  return { settings: app.settings, change: save.mutate, error: save.error };
}

const LOCK_AFTER = [
  { value: '5', words: '5 minutes' },
  { value: '15', words: '15 minutes' },
  { value: '60', words: '1 hour' },
  { value: '0', words: 'Never' },
] as const;

export function Settings() {
  const { settings, change, error } = useChoices();
  const account = useAccount();
  const app = useApp();
  const lock = String(settings.lockAfterMinutes);
  const lockOptions = LOCK_AFTER.some((one) => one.value === lock)
    ? LOCK_AFTER
    : [...LOCK_AFTER, { value: lock, words: `${lock} minutes` }];
  return (
    <Page title="Settings">
      <PageBody label="Settings">
        {error ? <Failed error={asDeskError(error)} small /> : null}
        <div className={styles.parts}>
          <Part title="Accounts" about="Each account and mode has books of its own.">
            <Accounts />
          </Part>
          <Part title="Company" about="How exports and statements name it, and whose days count.">
            <Company settings={settings} onChange={change} />
          </Part>
          <Part title="Reading from Stripe" about="The company’s own traffic shares these limits.">
            <Limits settings={settings} onChange={change} />
          </Part>
          <Part
            title="Completeness check"
            about="How old the proof of each list may grow before it is due."
          >
            <Schedule />
          </Part>
          <Part
            title="Plans"
            about="What each plan allows, and what the prices stand for that tenants pay."
          >
            <Plans />
          </Part>
          <Part
            title="Webhooks"
            about="Changes arrive within a second. Off, they are read from Stripe’s list of events."
          >
            <Webhooks />
          </Part>
          <Part title="Appearance" about="For this computer.">
            <Pick
              label="Theme"
              value={settings.theme}
              onChange={(theme) => change({ theme })}
              options={[
                { value: 'system', words: 'As the system' },
                { value: 'light', words: 'Light' },
                { value: 'dark', words: 'Dark' },
              ]}
            />
            <Pick
              label="Rows"
              value={settings.comfortableRows ? 'comfortable' : 'dense'}
              onChange={(rows) => change({ comfortableRows: rows === 'comfortable' })}
              options={[
                { value: 'dense', words: 'Dense' },
                { value: 'comfortable', words: 'Comfortable' },
              ]}
            />
          </Part>
          <Part
            title="Locking"
            about={
              account?.mode === 'sample'
                ? 'The sample company never locks: nothing in it is secret.'
                : 'A locked window has closed the books and shows nothing of them.'
            }
          >
            <Pick
              label="Lock after no input for"
              value={lock}
              onChange={(minutes) => change({ lockAfterMinutes: Number(minutes) })}
              options={lockOptions}
            />
            {account && account.mode !== 'sample' ? <LockPassphrase account={account} /> : null}
          </Part>
          <Part title="Checks" about="That the file, its history and the log hold together.">
            <Doctor />
          </Part>
          <Part title="Upkeep" about="Backups travel under a passphrase; nothing else does.">
            <Upkeep />
          </Part>
          <Part
            title="Log"
            about="Every decision, key, export and backup, chained so that no entry can be changed unseen."
          >
            <Ledger />
          </Part>
        </div>
        <p className={styles.about}>Meterdesk {app.version}</p>
      </PageBody>
    </Page>
  );
}
