/** Exports what is filtered on the screen: choose, save, watch, and see what was written. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useHost } from '../../app/host';
import { useAccount } from '../../app/reads';
import { asDeskError, isDeskError } from '../../host/errors';
import { ALL_INVOICES, ALL_TENANTS } from '../../host/filters';
import type {
  ExportFormat,
  ExportKind,
  ExportProfile,
  ExportProgress,
  InvoiceFilter,
  TenantFilter,
} from '../../host/types';
import { Button } from '../../parts/Button';
import { Pick as PickOne } from '../../parts/Pick';
import { Progress } from '../../parts/Progress';
import { Sheet } from '../../parts/Sheet';
import { Failed } from '../../parts/States';
import { countOf, countWords, percentWords } from '../../words/numbers';
import { ExportedFile } from './ExportedFile';
import styles from './Export.module.css';

export interface ExportSheetProps {
  about: 'tenants' | 'invoices';
  /** Tenants or invoices that are filtered. */
  count: number;
  filterWords: readonly string[];
  tenants?: TenantFilter;
  invoices?: InvoiceFilter;
  onClose: () => void;
}

interface KindWords {
  value: ExportKind;
  words: string;
}

const KINDS: Record<ExportSheetProps['about'], readonly [KindWords, ...KindWords[]]> = {
  invoices: [
    { value: 'invoices', words: 'Invoices' },
    { value: 'invoice-lines', words: 'Invoice lines' },
    { value: 'payments', words: 'Payments' },
    { value: 'credit-notes', words: 'Credit notes' },
    { value: 'refunds', words: 'Refunds' },
    { value: 'disputes', words: 'Disputes' },
  ],
  tenants: [
    { value: 'customers', words: 'Tenants' },
    { value: 'subscriptions', words: 'Subscriptions' },
  ],
};

const FORMATS = [
  { value: 'csv', words: 'CSV' },
  { value: 'xlsx', words: 'Excel' },
] as const;

const today = () => new Date().toISOString().slice(0, 10);

interface Choice {
  kind: ExportKind;
  format: ExportFormat;
  profile: ExportProfile;
}

interface Filters {
  tenants: TenantFilter | undefined;
  invoices: InvoiceFilter | undefined;
}

/** Chooses a place, writes the file there, tells how far it is. */
function useExport({ tenants, invoices }: Filters) {
  const host = useHost();
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const run = useMutation({
    mutationFn: async ({ kind, format, profile }: Choice) => {
      const path = await host.pickSavePath(`${kind}-${today()}.${format}`);
      if (path === null) return null;
      stop.current = new AbortController();
      setProgress({ rows: 0, total: 0 });
      const request = {
        kind,
        format,
        profile,
        invoices: invoices ?? ALL_INVOICES,
        tenants: tenants ?? ALL_TENANTS,
      };
      return host.export(request, path, setProgress, stop.current.signal);
    },
    onSettled: () => setProgress(null),
  });
  return { run, progress, cancel: () => stop.current?.abort() };
}

function What({
  about,
  count,
  filterWords,
}: Pick<ExportSheetProps, 'about' | 'count' | 'filterWords'>) {
  const account = useAccount();
  const one = about === 'invoices' ? 'invoice' : 'tenant';
  return (
    <dl className={styles.what}>
      <div>
        <dt>What is filtered</dt>
        <dd>{countOf(count, one)}</dd>
      </div>
      <div>
        <dt>Filter</dt>
        <dd>
          {filterWords.length === 0
            ? 'None: everything'
            : filterWords.map((part) => <span key={part}>{part}</span>)}
        </dd>
      </div>
      <div>
        <dt>Account</dt>
        <dd>
          {account?.entityName || account?.name}
          {account?.mode === 'live' ? null : ', not live'}
        </dd>
      </div>
    </dl>
  );
}

export function ExportSheet({
  about,
  count,
  filterWords,
  tenants,
  invoices,
  onClose,
}: ExportSheetProps) {
  const kinds = KINDS[about];
  const [kind, setKind] = useState(kinds[0].value);
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [chosenProfile, setProfile] = useState<ExportProfile>('meterdesk');
  const profile = kind === 'invoices' ? chosenProfile : 'meterdesk';
  const { run, progress, cancel } = useExport({ tenants, invoices });
  const failure =
    run.error && !(isDeskError(run.error) && run.error.code === 'cancelled') ? run.error : null;
  const words = kinds.find((one) => one.value === kind)?.words.toLowerCase() ?? '';
  const direct = kind === 'invoices' || kind === 'customers';
  const effect = direct ? `Export ${countWords(count)} ${words}` : `Export the ${words}`;

  if (run.data) {
    return (
      <Sheet
        title="Exported"
        onClose={onClose}
        footer={
          <Button kind="primary" onPress={onClose}>
            Close
          </Button>
        }
      >
        <ExportedFile exported={run.data} />
      </Sheet>
    );
  }
  return (
    <Sheet
      title="Export what is filtered"
      subtitle="The file holds exactly what the table shows, and nothing is cut."
      onClose={onClose}
      stay={progress !== null}
      footer={
        progress ? (
          <Button onPress={cancel}>Stop the export</Button>
        ) : (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button
              kind="primary"
              isDisabled={run.isPending || count === 0}
              onPress={() => run.mutate({ kind, format, profile })}
            >
              {effect}
            </Button>
          </>
        )
      }
    >
      <div className={styles.form}>
        {failure ? <Failed error={asDeskError(failure)} small /> : null}
        <What about={about} count={count} filterWords={filterWords} />
        <PickOne label="One row for each of the" options={kinds} value={kind} onChange={setKind} />
        <PickOne label="File" options={FORMATS} value={format} onChange={setFormat} />
        {kind === 'invoices' ? (
          <PickOne
            label="Columns"
            options={[
              { value: 'meterdesk', words: 'Meterdesk’s' },
              { value: 'stripe', words: 'As in Stripe’s own export' },
            ]}
            value={profile}
            onChange={setProfile}
          />
        ) : null}
        <p className={styles.hint}>
          {profile === 'stripe'
            ? 'The headings of Stripe’s own invoice export, amounts in major units. A heading whose figure Stripe no longer has stays empty.'
            : 'Amounts in minor units and as decimals, ISO currencies, times in UTC and in the company’s zone.'}{' '}
          A control sheet is written beside the file: rows, sums, filter, as-of time, SHA-256.
        </p>
        {progress ? (
          <Progress
            label="Writing"
            done={progress.rows}
            total={progress.total === 0 ? null : progress.total}
            words={`${countWords(progress.rows)} of ${countWords(progress.total)} rows, ${percentWords(progress.rows, progress.total)}`}
          />
        ) : null}
      </div>
    </Sheet>
  );
}
