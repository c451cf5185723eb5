/** Checking the books' file and log, and making the tables again from the history. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { asDeskError } from '../../host/errors';
import type { DoctorReport, RebuildProgress } from '../../host/types';
import { Button } from '../../parts/Button';
import { Progress } from '../../parts/Progress';
import { Failed, Note } from '../../parts/States';
import { countOf, countWords } from '../../words/numbers';
import styles from './Settings.module.css';

function Found({ report }: { report: DoctorReport }) {
  return (
    <>
      {report.fileWhole ? (
        <Note meaning="done">
          The file is whole. {countOf(report.objects, 'object')} in{' '}
          {countOf(report.versions, 'version')}
          {report.rebuilt === null
            ? '.'
            : `; the tables were made again from ${countOf(report.rebuilt, 'object')}.`}
        </Note>
      ) : (
        <Note meaning="over">
          The file is damaged: {report.fileWords.join('; ')}. Keep a copy of the folder, then
          restore a backup, or disconnect the account with its data and load it again.
        </Note>
      )}
      {report.ledgerBroken === null ? (
        <Note meaning="done">
          The log holds, all {countOf(report.ledgerEntries, 'entry', 'entries')} of it.
        </Note>
      ) : (
        <Note meaning="over">
          The log’s chain is broken: {report.ledgerBroken}. Restore a backup from before, and keep
          this file as it is for whoever looks into it.
        </Note>
      )}
    </>
  );
}

function Rebuilding({ at }: { at: RebuildProgress | null }) {
  const words = at
    ? `${countWords(at.done)} of ${countOf(at.total, 'object')}`
    : 'Counting what the history holds';
  return (
    <Progress
      label="Making the tables again"
      done={at?.done ?? 0}
      total={at ? at.total : null}
      words={words}
    />
  );
}

export function Doctor() {
  const host = useHost();
  const client = useQueryClient();
  const [at, setAt] = useState<RebuildProgress | null>(null);
  const check = useMutation({ mutationFn: () => host.doctor() });
  const rebuild = useMutation({
    mutationFn: () => host.doctorRebuild(setAt),
    onMutate: () => {
      setAt(null);
      check.reset();
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['books'] });
      await client.invalidateQueries({ queryKey: ['ledger'] });
    },
  });
  const busy = check.isPending || rebuild.isPending;
  const report = check.data ?? rebuild.data;
  const error = check.error ?? rebuild.error;
  return (
    <>
      <div className={styles.buttons}>
        <Button
          isDisabled={busy}
          onPress={() => {
            rebuild.reset();
            check.mutate();
          }}
        >
          {check.isPending ? 'Checking the books' : 'Check the books'}
        </Button>
        <Button isDisabled={busy} onPress={() => rebuild.mutate()}>
          {rebuild.isPending ? 'Making the tables again' : 'Make the tables again'}
        </Button>
      </div>
      <p className={styles.hint}>
        Making the tables again reads the history on this computer and asks Stripe for nothing. The
        history and the log stay as they are. It helps when a list shows something other than Stripe
        does although the history is right.
      </p>
      {rebuild.isPending ? <Rebuilding at={at} /> : null}
      {report && !busy ? <Found report={report} /> : null}
      {error && !busy ? <Failed error={asDeskError(error)} small /> : null}
    </>
  );
}
