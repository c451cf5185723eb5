/** What a key is and may read, and who may hold the data, before the account is connected. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApp } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { Connected, KeyCheck, KeyKind, Mode } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Failed, Note } from '../../parts/States';
import { NewPassphrase, usePassphrase } from './NewPassphrase';
import { Permissions } from './Permissions';
import styles from './FirstRun.module.css';

const KIND_WORDS: Record<KeyKind, string> = {
  restricted: 'Restricted key',
  secret: 'Secret key',
  publishable: 'Publishable key',
  organisation: 'Organisation key',
  webhook_secret: 'Signing secret of a webhook',
  unknown: 'Unknown key',
};
const MODE_WORDS: Record<Mode, string> = {
  live: 'live: real tenants, real money',
  test: 'test data',
  sample: 'made-up data',
};

interface Props {
  check: KeyCheck;
  connect: (entityName: string, passphrase: string | null) => Promise<Connected>;
  onConnected: (connected: Connected) => void;
  onBack: () => void;
}

export function CheckedKey({ check, connect, onConnected, onBack }: Props) {
  const { keyringAvailable } = useApp();
  const [entityName, setEntityName] = useState(check.accountName ?? '');
  const passphrase = usePassphrase();
  const run = useMutation({
    mutationFn: () => connect(entityName, keyringAvailable ? null : passphrase.value),
    onSuccess: onConnected,
  });
  const missing = check.permissions.filter((row) => !row.granted).length;
  const ready = !run.isPending && (keyringAvailable || passphrase.good);
  return (
    <>
      <h2>{check.accountName ?? 'The key was checked'}</h2>
      <p className={styles.quiet}>
        {KIND_WORDS[check.kind]}
        {check.mode ? `, ${MODE_WORDS[check.mode]}` : ''}
        {check.stripeAccount ? ` · ${check.stripeAccount}` : ''}
      </p>
      {check.notes.map((note) => (
        <Note key={note} meaning="near">
          {note}
        </Note>
      ))}
      <Permissions rows={check.permissions} />
      {missing > 0 ? (
        <p className={styles.quiet}>
          You can connect now and add the missing permissions to the key at Stripe later.
        </p>
      ) : null}
      <Field
        label="Name of the company, on exports and statements"
        value={entityName}
        onChange={setEntityName}
        maxLength={120}
      />
      {keyringAvailable ? null : (
        <>
          <Note meaning="near">
            This computer has no keyring. The key and the books are kept under a passphrase of
            yours, which is asked for whenever Meterdesk opens.
          </Note>
          <NewPassphrase passphrase={passphrase} />
        </>
      )}
      <Note meaning="within">
        The books hold names, addresses and payments of your tenants, encrypted on this computer.
        Whoever may use this computer account and its keyring can read them: connect only if your
        company lets you hold this data.
      </Note>
      {run.error ? <Failed error={asDeskError(run.error)} small /> : null}
      <div className={styles.actions}>
        <Button onPress={onBack}>Use another key</Button>
        <Button kind="primary" isDisabled={!ready} onPress={() => run.mutate()}>
          {run.isPending ? 'Making the books' : `Connect ${entityName.trim() || 'the account'}`}
        </Button>
      </div>
    </>
  );
}
