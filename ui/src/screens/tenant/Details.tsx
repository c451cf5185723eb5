/** What Stripe holds about a tenant, and erasing the personal part of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { asDeskError } from '../../host/errors';
import type { Tenant } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Day, Id } from '../../parts/Figures';
import { Confirm } from '../../parts/Sheet';
import { Failed, Note } from '../../parts/States';
import { countOf } from '../../words/numbers';
import styles from './Tenant.module.css';

function Erase({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const host = useHost();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const erase = useMutation({
    mutationFn: () => host.eraseCustomer(tenant.row.id, reason.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: ['books'] }),
  });
  const done = erase.data;
  return (
    <Confirm
      title={done ? 'Personal data erased' : `Erase the personal data of ${tenant.row.name}?`}
      onClose={onClose}
      footer={
        done ? (
          <Button kind="primary" onPress={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>Keep it</Button>
            <Button
              kind="danger"
              isDisabled={reason.trim() === '' || erase.isPending}
              onPress={() => erase.mutate()}
            >
              Erase personal data
            </Button>
          </>
        )
      }
    >
      {erase.error ? <Failed error={asDeskError(erase.error)} small /> : null}
      {done ? (
        <p>
          The contents of {countOf(done.versions, 'version')} and {countOf(done.rows, 'row')} are
          gone from these books. Their hashes stay, and entry {done.ledgerSequence} of the log says
          that it was done.
        </p>
      ) : (
        <div className={styles.erase}>
          <p>
            Name, e-mail, address, phone and metadata go from the tables and from every version in
            the history of these books. Amounts, dates and ids stay. This cannot be reversed, and it
            does not erase anything at Stripe: an update reads again what Stripe still has.
          </p>
          <Field
            label="Reason, for the log"
            value={reason}
            onChange={setReason}
            maxLength={200}
            hint="For example: request of 14 March, ticket 48213. Name no person here."
          />
        </div>
      )}
    </Confirm>
  );
}

export function Details({ tenant }: { tenant: Tenant }) {
  const [erasing, setErasing] = useState(false);
  return (
    <div className={styles.details}>
      <dl className={styles.facts}>
        <div className={styles.fact}>
          <dt>Stripe’s id</dt>
          <dd>
            <Id id={tenant.row.id} />
          </dd>
        </div>
        <div className={styles.fact}>
          <dt>Since</dt>
          <dd>
            <Day at={tenant.row.created} />
          </dd>
        </div>
        {tenant.details.map(([label, value]) => (
          <div key={label} className={styles.fact}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h2>Metadata</h2>
      {tenant.metadata.length === 0 ? (
        <p className={styles.quiet}>Stripe holds no metadata for this tenant.</p>
      ) : (
        <dl className={styles.facts}>
          {tenant.metadata.map(([label, value]) => (
            <div key={label} className={styles.fact}>
              <dt>
                <code>{label}</code>
              </dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <h2>Personal data</h2>
      <Note meaning="within">
        A person may ask that their data is erased. Amounts, dates and ids stay, because the books
        must still add up.
      </Note>
      <div>
        <Button kind="danger" onPress={() => setErasing(true)}>
          Erase personal data
        </Button>
      </div>
      {erasing ? <Erase tenant={tenant} onClose={() => setErasing(false)} /> : null}
    </div>
  );
}
