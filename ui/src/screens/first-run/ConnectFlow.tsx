/** From a key to open books: give the key, see what it may read, store the recovery key. */
import { useMutation } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { asDeskError } from '../../host/errors';
import type { Connected, KeyCheck } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Failed, Note } from '../../parts/States';
import { CheckedKey } from './CheckedKey';
import { RecoveryKey } from './RecoveryKey';
import styles from './FirstRun.module.css';

interface Props {
  onBack: () => void;
  /** The account is open and its recovery key is stored. */
  onDone: () => void;
}

interface KeyStepProps {
  apiKey: string;
  apiBase: string;
  onKey: (key: string) => void;
  onBase: (base: string) => void;
  onBack: () => void;
  onChecked: (check: KeyCheck) => void;
}

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

function KeyStep({ apiKey, apiBase, onKey, onBase, onBack, onChecked }: KeyStepProps) {
  const host = useHost();
  const [refused, setRefused] = useState<KeyCheck | null>(null);
  const [elsewhere, setElsewhere] = useState(apiBase !== '');
  const check = useMutation({
    mutationFn: () => host.checkKey(apiKey.trim(), orNull(apiBase)),
    onSuccess: (answer) => (answer.usable ? onChecked(answer) : setRefused(answer)),
  });
  const ready = apiKey.trim() !== '' && !check.isPending;
  const error = check.error ? asDeskError(check.error) : null;
  return (
    <>
      <h2>Connect Stripe</h2>
      <ol className={styles.steps}>
        <li>
          <p>
            Open Stripe’s page for a new restricted key. The permissions are already chosen there,
            each of them to read.
          </p>
          <Button onPress={() => void host.openKeyPage()}>
            Open Stripe’s page <ExternalLink size={12} aria-hidden />
          </Button>
        </li>
        <li>
          <p>Create the key there, and copy it.</p>
        </li>
        <li className={styles.keyStep}>
          <Field
            label="Restricted key"
            value={apiKey}
            onChange={(key) => {
              onKey(key);
              setRefused(null);
              check.reset();
            }}
            secret
            mono
            focusFirst
            placeholder="rk_live_…"
            hint="It goes into this computer’s keyring, or under your passphrase, and to Stripe alone."
            onEnter={() => {
              if (ready) check.mutate();
            }}
          />
          {elsewhere ? (
            <Field
              label="Address"
              value={apiBase}
              onChange={onBase}
              mono
              placeholder="http://127.0.0.1:12111"
              hint="A simulated account on this computer. Empty: Stripe."
            />
          ) : (
            <button type="button" className={styles.text} onClick={() => setElsewhere(true)}>
              The account is simulated on this computer
            </button>
          )}
        </li>
      </ol>
      {refused?.notes.map((note) => (
        <Note key={note} meaning="over">
          {note}
        </Note>
      ))}
      {error ? <Failed error={error} small /> : null}
      <div className={styles.actions}>
        <Button onPress={onBack}>Back</Button>
        <Button kind="primary" isDisabled={!ready} onPress={() => check.mutate()}>
          {check.isPending ? 'Asking Stripe' : 'Check the key'}
        </Button>
      </div>
    </>
  );
}

export function ConnectFlow({ onBack, onDone }: Props) {
  const host = useHost();
  const [apiKey, setApiKey] = useState('');
  const [apiBase, setApiBase] = useState('');
  const [check, setCheck] = useState<KeyCheck | null>(null);
  const [connected, setConnected] = useState<Connected | null>(null);

  const finish = async () => {
    // The first load may already run; then this is refused, and the status tells of it.
    await host.syncStart(false).catch(() => undefined);
    onDone();
  };
  if (connected) {
    return (
      <RecoveryKey
        of={connected.account.entityName || connected.account.name}
        recoveryKey={connected.recoveryKey}
        onStored={() => void finish()}
      />
    );
  }
  if (check) {
    return (
      <CheckedKey
        check={check}
        connect={(entityName, passphrase) =>
          host.connect({
            key: apiKey.trim(),
            apiBase: orNull(apiBase),
            name: null,
            entityName: orNull(entityName),
            passphrase,
          })
        }
        onConnected={(answer) => {
          // The key is not needed any more; nothing of it stays in the page.
          setApiKey('');
          setConnected(answer);
        }}
        onBack={() => setCheck(null)}
      />
    );
  }
  return (
    <KeyStep
      apiKey={apiKey}
      apiBase={apiBase}
      onKey={setApiKey}
      onBase={setApiBase}
      onBack={onBack}
      onChecked={setCheck}
    />
  );
}
