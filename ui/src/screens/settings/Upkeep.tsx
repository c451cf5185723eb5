/** Backup, restore, and the diagnostic file. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { readAnew, useAccount } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import { Button } from '../../parts/Button';
import { Id } from '../../parts/Figures';
import { Sheet } from '../../parts/Sheet';
import { Failed, Note } from '../../parts/States';
import { bytesWords } from '../../words/numbers';
import { NewPassphrase, usePassphrase } from '../first-run/NewPassphrase';
import { BACKUP_ENDING, Restore } from './Restore';
import styles from './Settings.module.css';

const today = () => new Date().toISOString().slice(0, 10);

function Backup({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const account = useAccount();
  const passphrase = usePassphrase();
  const backup = useMutation({
    mutationFn: async () => {
      const name = `${account?.name ?? 'books'}-${today()}.${BACKUP_ENDING}`;
      const path = await host.pickSavePath(name);
      return path === null ? null : host.backup(path, passphrase.value);
    },
  });
  const done = backup.data;
  return (
    <Sheet
      title={done ? 'Backup written' : 'Back up the books'}
      onClose={onClose}
      footer={
        done ? (
          <Button kind="primary" onPress={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button
              kind="primary"
              isDisabled={!passphrase.good || backup.isPending}
              onPress={() => backup.mutate()}
            >
              {backup.isPending ? 'Writing the backup' : 'Write the backup'}
            </Button>
          </>
        )
      }
    >
      <div className={styles.stack}>
        {backup.error ? <Failed error={asDeskError(backup.error)} small /> : null}
        {done ? (
          <>
            <Note meaning="done">{bytesWords(done.bytes)}. The log has an entry for it.</Note>
            <p>{done.path}</p>
            <p>
              SHA-256 <Id id={done.sha256} />
            </p>
          </>
        ) : (
          <>
            <p>
              One file with the history, the log and all tables of this account. It opens with this
              passphrase on any computer, and with nothing else. The Stripe key is not in it.
            </p>
            <NewPassphrase passphrase={passphrase} />
          </>
        )}
      </div>
    </Sheet>
  );
}

export function Upkeep() {
  const host = useHost();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'backup' | 'restore' | null>(null);
  const diagnostics = useMutation({
    mutationFn: async () => {
      const path = await host.pickSavePath(`meterdesk-diagnostics-${today()}.txt`);
      return path === null ? null : host.diagnostics(path);
    },
  });
  const close = () => setAsking(null);
  const restored = async () => {
    close();
    await readAnew(client);
    await navigate({ to: '/' });
  };
  return (
    <>
      <div className={styles.buttons}>
        <Button onPress={() => setAsking('backup')}>Back up the books</Button>
        <Button onPress={() => setAsking('restore')}>Restore a backup</Button>
        <Button isDisabled={diagnostics.isPending} onPress={() => diagnostics.mutate()}>
          Save a diagnostic file
        </Button>
      </div>
      <p className={styles.hint}>
        The diagnostic file is for whoever helps you: versions, counts and errors, without names and
        without keys.
      </p>
      {diagnostics.data ? <Note meaning="done">Saved to {diagnostics.data}</Note> : null}
      {diagnostics.error ? <Failed error={asDeskError(diagnostics.error)} small /> : null}
      {asking === 'backup' ? <Backup onClose={close} /> : null}
      {asking === 'restore' ? (
        <Sheet title="Restore" onClose={close}>
          <div className={styles.stack}>
            <Restore onBack={close} onDone={() => void restored()} />
          </div>
        </Sheet>
      ) : null}
    </>
  );
}
