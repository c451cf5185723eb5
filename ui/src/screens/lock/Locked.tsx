/** The books are closed: unlock them, open another account, or use the recovery key. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { readAnew } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { AccountSummary, AppState } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Failed } from '../../parts/States';
import { NewPassphrase, usePassphrase } from '../first-run/NewPassphrase';
import styles from './Locked.module.css';

const MODE_WORDS = { live: 'Live', test: 'Test', sample: 'Sample' } as const;

function Unlock({ account }: { account: AccountSummary }) {
  const host = useHost();
  const client = useQueryClient();
  const [passphrase, setPassphrase] = useState('');
  const unlock = useMutation({
    mutationFn: async () => {
      await host.unlock(account.needsPassphrase ? passphrase : null);
    },
    onSuccess: () => readAnew(client),
  });
  const ready = !unlock.isPending && (!account.needsPassphrase || passphrase !== '');
  return (
    <>
      {account.needsPassphrase ? (
        <Field
          label="Passphrase"
          secret
          focusFirst
          value={passphrase}
          onChange={setPassphrase}
          onEnter={() => {
            if (ready) unlock.mutate();
          }}
        />
      ) : null}
      {unlock.error ? <Failed error={asDeskError(unlock.error)} small /> : null}
      <Button kind="primary" isDisabled={!ready} onPress={() => unlock.mutate()}>
        {unlock.isPending ? 'Unlocking' : 'Unlock'}
      </Button>
    </>
  );
}

interface RecoverProps {
  account: AccountSummary;
  keyring: boolean;
  onBack: () => void;
}

function Recover({ account, keyring, onBack }: RecoverProps) {
  const host = useHost();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const passphrase = usePassphrase();
  const open = useMutation({
    mutationFn: () =>
      host.openWithRecoveryKey(account.name, key.trim(), keyring ? null : passphrase.value),
    onSuccess: () => readAnew(client),
  });
  const ready = key.trim() !== '' && (keyring || passphrase.good) && !open.isPending;
  return (
    <>
      <Field
        label="Recovery key"
        mono
        focusFirst
        value={key}
        onChange={setKey}
        hint="The groups of letters that were shown when the account was connected"
      />
      {keyring ? null : <NewPassphrase passphrase={passphrase} />}
      {open.error ? <Failed error={asDeskError(open.error)} small /> : null}
      <Button kind="primary" isDisabled={!ready} onPress={() => open.mutate()}>
        Open with the recovery key
      </Button>
      <button type="button" className={styles.text} onClick={onBack}>
        Back
      </button>
    </>
  );
}

function Others({ accounts }: { accounts: AccountSummary[] }) {
  const host = useHost();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (name: string) => host.switchAccount(name),
    onSettled: () => readAnew(client),
  });
  if (accounts.length === 0) return null;
  return (
    <section className={styles.others} aria-label="Accounts on this computer">
      {accounts.map((account) => (
        <button
          key={account.name}
          type="button"
          className={styles.other}
          onClick={() => change.mutate(account.name)}
        >
          <span>{account.entityName || account.name}</span>
          <span className={styles.mode}>{MODE_WORDS[account.mode]}</span>
        </button>
      ))}
      {change.error ? <Failed error={asDeskError(change.error)} small /> : null}
    </section>
  );
}

export function Locked({ app }: { app: AppState }) {
  const [recovering, setRecovering] = useState(false);
  const account = app.accounts.find((one) => one.name === app.current);
  const others = app.accounts.filter((one) => one.name !== app.current);
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <h1>{account ? account.entityName || account.name : 'Meterdesk'}</h1>
        <p className={styles.quiet}>
          {account
            ? `${MODE_WORDS[account.mode]} account. Its books are closed until you unlock them.`
            : 'Choose the account to open.'}
        </p>
        {app.problem ? <Failed error={app.problem} small /> : null}
        {account && !recovering ? (
          <>
            <Unlock account={account} />
            <button type="button" className={styles.text} onClick={() => setRecovering(true)}>
              Use the recovery key
            </button>
          </>
        ) : null}
        {account && recovering ? (
          <Recover
            account={account}
            keyring={app.keyringAvailable}
            onBack={() => setRecovering(false)}
          />
        ) : null}
        {account && others.length > 0 ? <h2>Other accounts on this computer</h2> : null}
        <Others accounts={others} />
      </div>
    </main>
  );
}
