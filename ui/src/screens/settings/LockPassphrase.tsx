/** The passphrase that opening the books needs beside the keyring: set, changed, removed. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { readAnew, reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { AccountSummary } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Sheet } from '../../parts/Sheet';
import { Failed, Note } from '../../parts/States';
import { NewPassphrase, usePassphrase } from '../first-run/NewPassphrase';
import styles from './Settings.module.css';

type Change = 'set' | 'change' | 'remove';

const TITLES: Record<Change, string> = {
  set: 'Set a lock passphrase',
  change: 'Change the lock passphrase',
  remove: 'Remove the lock passphrase',
};

const BUTTONS: Record<Change, string> = {
  set: 'Set the passphrase',
  change: 'Change the passphrase',
  remove: 'Remove the passphrase',
};

interface AskProps {
  account: AccountSummary;
  change: Change;
  onClose: () => void;
}

function Ask({ account, change, onClose }: AskProps) {
  const host = useHost();
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const passphrase = usePassphrase();
  const asksCurrent = change !== 'set';
  const keep = useMutation({
    mutationFn: async () => {
      await host.setLockPassphrase(
        account.name,
        asksCurrent ? current : null,
        change === 'remove' ? null : passphrase.value,
      );
    },
    onSuccess: async () => {
      onClose();
      await readAnew(client);
    },
  });
  const ready =
    !keep.isPending && (!asksCurrent || current !== '') && (change === 'remove' || passphrase.good);
  return (
    <Sheet
      title={TITLES[change]}
      subtitle={account.entityName || account.name}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            kind={change === 'remove' ? 'danger' : 'primary'}
            isDisabled={!ready}
            onPress={() => keep.mutate()}
          >
            {keep.isPending ? 'Sealing the keys anew' : BUTTONS[change]}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        {keep.error ? <Failed error={asDeskError(keep.error)} small /> : null}
        {change === 'remove' ? (
          <Note meaning="near">
            After this whoever uses this computer account opens the books: the keyring gives their
            key without asking.
          </Note>
        ) : (
          <p>
            Opening and unlocking ask for it from then on, here and on the command line. The log has
            an entry for the change. Nobody can tell you the passphrase: only the recovery key opens
            the books without it.
          </p>
        )}
        {asksCurrent ? (
          <Field
            label="Present passphrase"
            secret
            focusFirst
            value={current}
            onChange={setCurrent}
          />
        ) : null}
        {change === 'remove' ? null : <NewPassphrase passphrase={passphrase} />}
      </div>
    </Sheet>
  );
}

export function LockPassphrase({ account }: { account: AccountSummary }) {
  const details = useQuery(reads.account(useHost(), account.name)).data;
  const [asking, setAsking] = useState<Change | null>(null);
  const set = account.needsPassphrase;
  // Without a keyring the passphrase is what keeps the keys; it is changed, never taken away.
  const removable = set && details?.secretHome === 'keyring';
  return (
    <div className={styles.lock}>
      <span className={styles.label}>Passphrase</span>
      <p>
        {set
          ? 'Opening and unlocking ask for the passphrase.'
          : 'None: the keyring opens the books to whoever uses this computer account.'}
      </p>
      <div className={styles.buttons}>
        <Button
          isDisabled={details?.readOnly ?? true}
          onPress={() => setAsking(set ? 'change' : 'set')}
        >
          {set ? 'Change the passphrase' : 'Set a passphrase'}
        </Button>
        {removable ? (
          <Button kind="danger" isDisabled={details.readOnly} onPress={() => setAsking('remove')}>
            Remove the passphrase
          </Button>
        ) : null}
      </div>
      {asking ? <Ask account={account} change={asking} onClose={() => setAsking(null)} /> : null}
    </div>
  );
}
