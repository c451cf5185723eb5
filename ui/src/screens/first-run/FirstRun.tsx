/** The first screen on a new computer: connect Stripe, or look at a made-up company. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { readAnew, useApp } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import { Button } from '../../parts/Button';
import { Failed } from '../../parts/States';
import { Restore } from '../settings/Restore';
import { ConnectFlow } from './ConnectFlow';
import styles from './FirstRun.module.css';

type Road = 'choose' | 'connect' | 'restore';

function Roads({ onChoose }: { onChoose: (road: Road) => void }) {
  const host = useHost();
  const client = useQueryClient();
  const sample = useMutation({
    mutationFn: () => host.openSample(),
    onSuccess: () => readAnew(client),
  });
  return (
    <>
      <div className={styles.roads}>
        <section className={styles.road} aria-labelledby="road-stripe">
          <h2 id="road-stripe">Your company</h2>
          <p>
            Connect Stripe with a key that may only read. Tenants, subscriptions, invoices and
            payments are copied into an encrypted file on this computer, and stay there.
          </p>
          <Button kind="primary" onPress={() => onChoose('connect')}>
            Connect Stripe
          </Button>
        </section>
        <section className={styles.road} aria-labelledby="road-sample">
          <h2 id="road-sample">A made-up company</h2>
          <p>
            A software company with 18 months of invoices, trials, upgrades and failed cards. It
            needs no key and no passphrase, and nothing of it is real.
          </p>
          <Button isDisabled={sample.isPending} onPress={() => sample.mutate()}>
            {sample.isPending ? 'Opening the sample company' : 'Explore a sample company'}
          </Button>
        </section>
      </div>
      {sample.error ? <Failed error={asDeskError(sample.error)} small /> : null}
      <p className={styles.quiet}>
        You have a backup of Meterdesk?{' '}
        <button type="button" className={styles.text} onClick={() => onChoose('restore')}>
          Restore it
        </button>
      </p>
    </>
  );
}

export function FirstRun() {
  const client = useQueryClient();
  const app = useApp();
  const [road, setRoad] = useState<Road>('choose');
  const back = () => setRoad('choose');
  const done = () => void readAnew(client);
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <header className={styles.head}>
          <h1>Meterdesk</h1>
          {road === 'choose' ? (
            <p className={styles.lead}>
              Who owes what, who is on which plan, and files that finance can rely on. From your
              Stripe account, on your own computer, also without a network.
            </p>
          ) : null}
        </header>
        {app.problem ? <Failed error={app.problem} small /> : null}
        {road === 'choose' ? <Roads onChoose={setRoad} /> : null}
        {road === 'connect' ? <ConnectFlow onBack={back} onDone={done} /> : null}
        {road === 'restore' ? <Restore onBack={back} onDone={done} /> : null}
      </div>
      <footer className={styles.version}>Version {app.version}</footer>
    </main>
  );
}
