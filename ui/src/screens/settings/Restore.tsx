/** Makes an account from a backup. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { useApp } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Failed } from '../../parts/States';
import { NewPassphrase, usePassphrase } from '../first-run/NewPassphrase';
import { RecoveryKey } from '../first-run/RecoveryKey';
import styles from '../first-run/FirstRun.module.css';

interface Props {
  onBack: () => void;
  onDone: () => void;
}

/** How the files that `backup` writes end. */
export const BACKUP_ENDING = 'meterdesk-backup';

export function Restore({ onBack, onDone }: Props) {
  const host = useHost();
  const { keyringAvailable } = useApp();
  const [path, setPath] = useState<string | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const own = usePassphrase();
  const pick = useMutation({
    mutationFn: () => host.pickOpenPath(BACKUP_ENDING),
    onSuccess: (chosen) => {
      if (chosen !== null) setPath(chosen);
    },
  });
  const restore = useMutation({
    mutationFn: () =>
      host.restore(path ?? '', passphrase, null, keyringAvailable ? null : own.value),
  });
  const done = restore.data;
  if (done) {
    return (
      <RecoveryKey
        of={done.account.entityName || done.account.name}
        recoveryKey={done.recoveryKey}
        onStored={onDone}
      />
    );
  }
  const ready =
    path !== null && passphrase !== '' && (keyringAvailable || own.good) && !restore.isPending;
  return (
    <>
      <h2>Restore a backup</h2>
      <p className={styles.quiet}>
        It becomes an account of its own; nothing that is here is replaced.
      </p>
      <div>
        <Button onPress={() => pick.mutate()}>
          {path ? 'Choose another file' : 'Choose the file'}
        </Button>
      </div>
      {path ? <p>{path}</p> : null}
      <Field label="Passphrase of the backup" secret value={passphrase} onChange={setPassphrase} />
      {keyringAvailable ? null : <NewPassphrase passphrase={own} />}
      {restore.error ? <Failed error={asDeskError(restore.error)} small /> : null}
      <div className={styles.actions}>
        <Button onPress={onBack}>Back</Button>
        <Button kind="primary" isDisabled={!ready} onPress={() => restore.mutate()}>
          {restore.isPending ? 'Restoring' : 'Restore the backup'}
        </Button>
      </div>
    </>
  );
}
