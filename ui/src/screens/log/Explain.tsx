/** Signing off a change that was made elsewhere, with an explanation. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { asDeskError } from '../../host/errors';
import type { EventRow, SignOff } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Ago } from '../../parts/Figures';
import { Failed, Note } from '../../parts/States';
import styles from './Log.module.css';

/** As the desk takes it. */
const LONGEST = 500;

export function SignedOff({ by }: { by: SignOff }) {
  return (
    <Note meaning="done">
      {by.explanation
        ? `“${by.explanation}”`
        : 'The explanation was erased with the tenant’s data.'}
      <div className={styles.secondary}>
        Signed off by {by.author}, <Ago at={by.at} />
      </div>
    </Note>
  );
}

interface Props {
  event: EventRow;
  /** Leaves it unexplained. */
  onClose?: () => void;
}

export function Explain({ event, onClose }: Props) {
  const host = useHost();
  const client = useQueryClient();
  const [words, setWords] = useState('');
  const text = words.trim();
  const sign = useMutation({
    mutationFn: () => host.explainElsewhere(event.id, text),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['books'] });
      await client.invalidateQueries({ queryKey: ['ledger'] });
      onClose?.();
    },
  });
  const ready = text !== '' && !sign.isPending;
  return (
    <div className={styles.explain}>
      <Field
        label="Who did this, and why"
        value={words}
        onChange={setWords}
        maxLength={LONGEST}
        hint="It is written into the log with your name and cannot be changed."
        focusFirst={onClose !== undefined}
        onEnter={() => {
          if (ready) sign.mutate();
        }}
      />
      {sign.error ? <Failed error={asDeskError(sign.error)} small /> : null}
      <div className={styles.actions}>
        <Button kind="primary" isDisabled={!ready} onPress={() => sign.mutate()}>
          Sign off
        </Button>
        {onClose ? <Button onPress={onClose}>Cancel</Button> : null}
      </div>
    </div>
  );
}
