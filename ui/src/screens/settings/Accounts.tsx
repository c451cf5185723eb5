/** Accounts on this computer: which key, where its secrets are, replacing and disconnecting. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { readAnew, reads, useAccount, useApp } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { AccountDetails, AccountSummary, SecretHome } from '../../host/types';
import { Button } from '../../parts/Button';
import { Box } from '../../parts/Choices';
import { Field } from '../../parts/Field';
import { Day, Id } from '../../parts/Figures';
import { Confirm } from '../../parts/Sheet';
import { Failed, Note, Skeleton } from '../../parts/States';
import styles from './Settings.module.css';

const HOMES: Record<SecretHome, string> = {
  keyring: 'In this computer’s keyring',
  passphrase: 'Under your passphrase',
  sample: 'Nothing here is secret',
};
const SEALED = 'In this computer’s keyring, sealed under your passphrase';
const MODES = { live: 'Live', test: 'Test', sample: 'Sample' } as const;

function ReplaceKey({ account, onClose }: { account: AccountSummary; onClose: () => void }) {
  const host = useHost();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const replace = useMutation({
    mutationFn: () => host.replaceKey(account.name, key.trim()),
    onSuccess: async () => {
      setKey('');
      await client.invalidateQueries({ queryKey: ['account'] });
      onClose();
    },
  });
  return (
    <Confirm
      title={`Replace the key of ${account.entityName || account.name}`}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Keep the old one</Button>
          <Button
            kind="primary"
            isDisabled={key.trim() === '' || replace.isPending}
            onPress={() => replace.mutate()}
          >
            {replace.isPending ? 'Asking Stripe' : 'Replace the key'}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        {replace.error ? <Failed error={asDeskError(replace.error)} small /> : null}
        <p>The new key must be of the same account and mode. The books stay as they are.</p>
        <Field label="New restricted key" secret mono focusFirst value={key} onChange={setKey} />
      </div>
    </Confirm>
  );
}

function Disconnect({ account, onClose }: { account: AccountSummary; onClose: () => void }) {
  const host = useHost();
  const client = useQueryClient();
  const [deleteData, setDeleteData] = useState(false);
  const disconnect = useMutation({
    mutationFn: () => host.disconnect(account.name, deleteData),
    onSuccess: async () => {
      onClose();
      await readAnew(client);
    },
  });
  return (
    <Confirm
      title={`Disconnect ${account.entityName || account.name}, ${MODES[account.mode].toLowerCase()}?`}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Stay connected</Button>
          <Button
            kind="danger"
            isDisabled={disconnect.isPending}
            onPress={() => disconnect.mutate()}
          >
            {deleteData ? 'Disconnect and delete the books' : 'Disconnect, keep the books'}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        {disconnect.error ? <Failed error={asDeskError(disconnect.error)} small /> : null}
        <p>
          Meterdesk forgets the key. At Stripe the key stays valid until somebody revokes it there.
        </p>
        <Box isSelected={deleteData} onChange={setDeleteData}>
          Delete the books on this computer too
        </Box>
        {deleteData ? (
          <Note meaning="over">
            History, log and everything loaded are deleted from this computer. This cannot be
            reversed; only a backup brings them back.
          </Note>
        ) : null}
      </div>
    </Confirm>
  );
}

function Facts({ details }: { details: AccountDetails }) {
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Stripe’s account</dt>
        <dd>
          <Id id={details.account.stripeAccount} />
        </dd>
      </div>
      {details.keyHint ? (
        <div>
          <dt>Key</dt>
          <dd>
            <code>{details.keyHint}</code>
          </dd>
        </div>
      ) : null}
      {details.apiBase === 'https://api.stripe.com' ? null : (
        <div>
          <dt>Address</dt>
          <dd>
            <code>{details.apiBase}</code>
          </dd>
        </div>
      )}
      <div>
        <dt>Secrets</dt>
        <dd>
          {details.secretHome === 'keyring' && details.account.needsPassphrase
            ? SEALED
            : HOMES[details.secretHome]}
        </dd>
      </div>
      <div>
        <dt>Connected</dt>
        <dd>
          <Day at={details.connectedAt} />
        </dd>
      </div>
      <div>
        <dt>Folder</dt>
        <dd>{details.folder}</dd>
      </div>
    </dl>
  );
}

function Open({ account }: { account: AccountSummary }) {
  const details = useQuery(reads.account(useHost(), account.name));
  const [asking, setAsking] = useState<'replace' | 'disconnect' | null>(null);
  const close = () => setAsking(null);
  return (
    <div className={styles.account}>
      <h3>
        {account.entityName || account.name}, {MODES[account.mode].toLowerCase()}
      </h3>
      {details.data?.readOnly ? (
        <Note meaning="near">
          Another Meterdesk writes to these books. Here they can be read and exported.
        </Note>
      ) : null}
      {details.data ? <Facts details={details.data} /> : null}
      {details.isPending ? <Skeleton lines={4} /> : null}
      {details.error ? <Failed error={asDeskError(details.error)} small /> : null}
      <div className={styles.buttons}>
        {account.mode === 'sample' ? null : (
          <Button onPress={() => setAsking('replace')}>Replace the key</Button>
        )}
        <Button kind="danger" onPress={() => setAsking('disconnect')}>
          Disconnect
        </Button>
      </div>
      {asking === 'replace' ? <ReplaceKey account={account} onClose={close} /> : null}
      {asking === 'disconnect' ? <Disconnect account={account} onClose={close} /> : null}
    </div>
  );
}

export function Accounts() {
  const host = useHost();
  const client = useQueryClient();
  const navigate = useNavigate();
  const app = useApp();
  const account = useAccount();
  const others = app.accounts.filter((one) => one.name !== app.current);
  const change = useMutation({
    mutationFn: (name: string) => host.switchAccount(name),
    onSettled: () => readAnew(client),
    onSuccess: () => navigate({ to: '/' }),
  });
  return (
    <>
      {account ? <Open account={account} /> : null}
      {others.map((one) => (
        <div key={one.name} className={styles.other}>
          <span>
            {one.entityName || one.name}, {MODES[one.mode].toLowerCase()}
          </span>
          <Button small onPress={() => change.mutate(one.name)}>
            Open
          </Button>
        </div>
      ))}
      {change.error ? <Failed error={asDeskError(change.error)} small /> : null}
      <div className={styles.buttons}>
        <Button onPress={() => void navigate({ to: '/connect' })}>Connect another account</Button>
      </div>
    </>
  );
}
