/** The webhook listener: on or off, its address and secret, what arrived and what was refused. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { WebhookState } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Ago, Id, Moment } from '../../parts/Figures';
import { Pick } from '../../parts/Pick';
import { Failed, Note, Skeleton } from '../../parts/States';
import { bytesWords, countOf, countWords } from '../../words/numbers';
import lists from '../Lists.module.css';
import styles from './Settings.module.css';

const SECRET = /^whsec_\S{8,}$/;

/** A port that a program without rights may take; null: it is none. */
function portOf(text: string): number | null {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1024 && port <= 65_535 ? port : null;
}

function secretHint({ secrets, oldSecretUntil }: WebhookState): string {
  if (secrets === 0) return 'From the endpoint’s page, or printed by stripe listen';
  const held = `${countOf(secrets, 'secret')} held. A new one takes its place;`;
  return oldSecretUntil === null
    ? `${held} the one before is taken for another day.`
    : `${held} two are taken while one is rolled.`;
}

interface FormProps {
  state: WebhookState;
  onSaved: (state: WebhookState) => void;
}

function Form({ state, onSaved }: FormProps) {
  const host = useHost();
  const [enabled, setEnabled] = useState(state.enabled);
  const [port, setPort] = useState(String(state.port));
  const [secret, setSecret] = useState('');
  const given = secret.trim();
  const wrongPort = portOf(port) === null ? 'A number from 1024 to 65535' : undefined;
  const wrongSecret = given === '' || SECRET.test(given) ? undefined : 'It begins with whsec_';
  const lacking = enabled && state.secrets === 0 && given === '';
  const save = useMutation({
    mutationFn: () =>
      host.setWebhook(enabled, portOf(port) ?? state.port, given === '' ? null : given),
    onSuccess: (next) => {
      setSecret('');
      onSaved(next);
    },
  });
  const changed = enabled !== state.enabled || port !== String(state.port) || given !== '';
  return (
    <>
      <Pick
        label="Listen for webhooks"
        value={enabled ? 'on' : 'off'}
        onChange={(chosen) => setEnabled(chosen === 'on')}
        options={[
          { value: 'off', words: 'Off' },
          { value: 'on', words: 'On' },
        ]}
      />
      {enabled || state.secrets > 0 ? (
        <div className={styles.pair}>
          <Field
            label="Port on this computer"
            value={port}
            onChange={setPort}
            inputMode="numeric"
            maxLength={5}
            wrong={wrongPort}
          />
          <Field
            label="Signing secret"
            value={secret}
            onChange={setSecret}
            secret
            mono
            placeholder="whsec_…"
            maxLength={200}
            wrong={wrongSecret}
            hint={secretHint(state)}
          />
        </div>
      ) : null}
      {save.error ? <Failed error={asDeskError(save.error)} small /> : null}
      {changed ? (
        <div className={styles.buttons}>
          <Button
            kind="primary"
            isDisabled={
              save.isPending || lacking || wrongPort !== undefined || wrongSecret !== undefined
            }
            onPress={() => save.mutate()}
          >
            {save.isPending ? 'Keeping it' : 'Keep'}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Use({ state }: { state: WebhookState }) {
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Address</dt>
        <dd>
          <Id id={state.address} />
        </dd>
      </div>
      <div>
        <dt>To receive here</dt>
        <dd>
          <Id id={state.command} />
          <p className={styles.hint}>
            Run it in a terminal with Stripe’s command line. It prints the signing secret, and
            forwards to this computer alone.
          </p>
        </dd>
      </div>
      <div>
        <dt>Arrived</dt>
        <dd>
          {countOf(state.arrived, 'event')}
          {state.lastAt === null ? null : (
            <>
              , the last <Ago at={state.lastAt} />
            </>
          )}
          {state.waiting > 0 ? `; ${countWords(state.waiting)} wait to be applied` : null}
        </dd>
      </div>
    </dl>
  );
}

function Refusals({ state }: { state: WebhookState }) {
  if (state.refusals.length === 0) {
    return <p className={styles.hint}>Nothing was refused.</p>;
  }
  return (
    <table className={lists.table}>
      <thead>
        <tr>
          <th scope="col">Refused</th>
          <th scope="col">Why</th>
          <th scope="col" className={lists.right}>
            Times
          </th>
          <th scope="col" className={lists.right}>
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {state.refusals.slice(0, 20).map((one) => (
          <tr key={`${one.at} ${one.reason}`}>
            <td className={lists.fixed}>
              <Moment at={one.at} />
            </td>
            <td>{one.reason}</td>
            <td className={lists.right}>{countWords(one.times)}</td>
            <td className={lists.right}>{bytesWords(one.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Webhooks() {
  const host = useHost();
  const client = useQueryClient();
  const webhook = useQuery(reads.webhook(host));
  const { data, error } = webhook;
  if (error && !data) {
    return <Failed error={asDeskError(error)} onRetry={() => void webhook.refetch()} small />;
  }
  if (!data) return <Skeleton lines={3} />;
  return (
    <>
      <Form state={data} onSaved={(next) => client.setQueryData(['books', 'webhook'], next)} />
      {data.enabled && data.listening ? <Note meaning="done">It listens.</Note> : null}
      {data.enabled && !data.listening ? (
        <Note meaning="over">It does not listen: {data.problem ?? 'the port is not open'}.</Note>
      ) : null}
      {data.enabled || data.arrived > 0 || data.refusals.length > 0 ? (
        <>
          <Use state={data} />
          <Refusals state={data} />
        </>
      ) : null}
    </>
  );
}
