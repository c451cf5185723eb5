/** A file of usage: which column is what, what would come of it, and then the import. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useHost } from '../../app/host';
import { asDeskError } from '../../host/errors';
import type { UsageFile, UsageImported } from '../../host/types';
import { Button } from '../../parts/Button';
import { Progress } from '../../parts/Progress';
import { Select } from '../../parts/Select';
import { Sheet } from '../../parts/Sheet';
import { Failed, Note } from '../../parts/States';
import { countOf, countWords } from '../../words/numbers';
import { Findings, Preview } from './ImportPreview';
import styles from './Import.module.css';

/** Places that a column is chosen for; the rest is left as remembered or proposed. */
const COLUMNS = ['tenant', 'quantity', 'time', 'key', 'billable', 'corrects'] as const;
/** A place that nothing is mapped to. */
const NONE = '';

const fileName = (path: string) => path.split(/[/\\]/).at(-1) ?? path;

function useImport() {
  const host = useHost();
  const client = useQueryClient();
  const [rows, setRows] = useState<number | null>(null);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const open = useMutation({
    mutationFn: async () => {
      const path = await host.pickOpenPath(null);
      return path === null ? null : { path, file: await host.usageOpen(path, null) };
    },
  });
  const run = useMutation({
    mutationFn: async (asked: { path: string; mapping: UsageFile['mapping']; apply: boolean }) => {
      const { path, mapping, apply } = asked;
      stop.current = new AbortController();
      const request = { source: null, mapping, apply, skipWrong: true, firstRows: null };
      return host.usageImport(path, request, (at) => setRows(at.rows), stop.current.signal);
    },
    onSettled: () => setRows(null),
    onSuccess: async ({ applied }) => {
      if (applied) await client.invalidateQueries({ queryKey: ['books'] });
    },
  });
  return { open, run, rows, cancel: () => stop.current?.abort() };
}

export function ImportSheet({ onClose }: { onClose: () => void }) {
  const { open, run, rows, cancel } = useImport();
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({});
  const picked = open.data ?? null;
  const mapping = mappingOf(picked?.file, changed);
  const result = run.data;
  const error = open.error ?? run.error;
  if (result?.applied) return <Done result={result} onClose={onClose} />;
  const ask = (apply: boolean) => {
    if (picked) run.mutate({ path: picked.path, mapping, apply });
  };
  const checked = result && !run.isPending ? result : null;
  return (
    <Sheet
      title="Import usage"
      subtitle={picked ? fileName(picked.path) : 'CSV or JSON lines, of any size.'}
      onClose={onClose}
      stay={run.isPending}
      wide
      footer={
        run.isPending ? (
          <Button onPress={cancel}>Stop</Button>
        ) : (
          <Actions
            picked={picked !== null}
            checked={checked}
            onPick={() => {
              run.reset();
              setChanged({});
              open.mutate();
            }}
            onAsk={ask}
          />
        )
      }
    >
      <div className={styles.form}>
        {error ? <Failed error={asDeskError(error)} small /> : null}
        {rows === null ? null : (
          <Progress label="Reading" done={0} total={null} words={countOf(rows, 'row')} />
        )}
        {picked ? null : (
          <p className={styles.hint}>
            A row is a tenant (Stripe’s customer id or the product’s own), a quantity and a time,
            with a key where the file has one. Nothing is kept before you have seen what would come
            of it.
          </p>
        )}
        {picked ? (
          <>
            <Columns
              file={picked.file}
              mapping={mapping}
              onChange={(name, value) => {
                run.reset();
                setChanged({ ...changed, [name]: value });
              }}
            />
            <Preview file={picked.file} mapping={mapping} />
          </>
        ) : null}
        {checked ? <Checked result={checked} /> : null}
      </div>
    </Sheet>
  );
}

interface ActionsProps {
  picked: boolean;
  checked: UsageImported | null;
  onPick: () => void;
  onAsk: (apply: boolean) => void;
}

function Actions({ picked, checked, onPick, onAsk }: ActionsProps) {
  if (!picked) {
    return (
      <Button kind="primary" onPress={onPick}>
        Choose a file
      </Button>
    );
  }
  return (
    <>
      <Button onPress={onPick}>Another file</Button>
      {checked ? (
        <Button kind="primary" isDisabled={!brings(checked)} onPress={() => onAsk(true)}>
          {effectOf(checked)}
        </Button>
      ) : (
        <Button kind="primary" onPress={() => onAsk(false)}>
          Check the file
        </Button>
      )}
    </>
  );
}

const brings = ({ records, aside, sameContentAs }: UsageImported) =>
  sameContentAs === null && records + aside > 0;

const effectOf = ({ records, aside }: UsageImported) =>
  records > 0 || aside === 0
    ? `Import ${countOf(records, 'record')}`
    : `Keep ${countOf(aside, 'row')} aside`;

/** The mapping as the desk proposed it, with what the person changed. */
function mappingOf(
  file: UsageFile | undefined,
  changed: Readonly<Record<string, string>>,
): UsageFile['mapping'] {
  const names = new Set([...(file?.mapping ?? []).map((one) => one.name), ...Object.keys(changed)]);
  return [...names].map((name) => ({
    name,
    value: changed[name] ?? file?.mapping.find((one) => one.name === name)?.value ?? NONE,
  }));
}

interface ColumnsProps {
  file: UsageFile;
  mapping: UsageFile['mapping'];
  onChange: (name: string, value: string) => void;
}

function Columns({ file, mapping, onChange }: ColumnsProps) {
  const choices = [
    { value: NONE, words: 'Not in the file' },
    ...file.columns.map((value) => ({ value, words: value })),
  ];
  const valueOf = (name: string) => mapping.find((one) => one.name === name)?.value ?? NONE;
  return (
    <section aria-label="Which column is what">
      <h3>Which column is what</h3>
      <p className={styles.hint}>
        {file.remembered ? 'As remembered of this source.' : 'As the headings suggest.'}
      </p>
      <div className={styles.mapping}>
        {file.fields
          .filter(({ name }) => (COLUMNS as readonly string[]).includes(name))
          .map(({ name, what }) => {
            const value = valueOf(name);
            const known = choices.some((one) => one.value === value);
            return (
              <Select
                key={name}
                label={what}
                choices={known ? choices : [...choices, { value, words: value }]}
                value={value}
                onChange={(next) => onChange(name, next)}
              />
            );
          })}
      </div>
    </section>
  );
}

/** What would come of the file. */
function Checked({ result }: { result: UsageImported }) {
  const wrong = result.refused > 0;
  return (
    <section className={styles.checked} aria-label="What would come of it" role="status">
      <Note meaning={wrong ? 'near' : brings(result) ? 'done' : 'within'}>{result.words}</Note>
      <dl className={styles.counts}>
        <Count name="Rows read" count={result.rows} />
        <Count name="New records" count={result.records} />
        <Count name="Already held" count={result.repeated} />
        <Count name="Kept aside" count={result.aside} />
        <Count name="Refused" count={result.refused} alarming />
        <Count name="Tenants" count={result.tenants} />
      </dl>
      <Findings result={result} />
    </section>
  );
}

function Count({ name, count, alarming }: { name: string; count: number; alarming?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={alarming && count > 0 ? styles.alarming : undefined}>{countWords(count)}</dd>
    </div>
  );
}

function Done({ result, onClose }: { result: UsageImported; onClose: () => void }) {
  return (
    <Sheet
      title="Imported"
      onClose={onClose}
      footer={
        <Button kind="primary" onPress={onClose}>
          Close
        </Button>
      }
    >
      <div className={styles.form}>
        <Note meaning="done">{result.words}</Note>
        <p className={styles.hint}>
          {result.batch === null ? null : `It is batch ${result.batch}. `}It can be reversed whole
          under “Imports”.
        </p>
      </div>
    </Sheet>
  );
}
