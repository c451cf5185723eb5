/** A statement of account for one tenant. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { asDeskError } from '../../host/errors';
import type { StatementFormat, TenantRow } from '../../host/types';
import { Button } from '../../parts/Button';
import { Pick } from '../../parts/Pick';
import { Sheet } from '../../parts/Sheet';
import { Failed } from '../../parts/States';
import { ExportedFile } from './ExportedFile';
import styles from './Export.module.css';

interface Props {
  tenant: TenantRow;
  onClose: () => void;
}

const FORMATS = [
  { value: 'page', words: 'A page to print or send' },
  { value: 'csv', words: 'CSV' },
] as const;

const ENDINGS: Record<StatementFormat, string> = { page: 'html', csv: 'csv' };

/** "statement-juniper-energy-cooperative.html". */
function fileName(name: string, format: StatementFormat): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return `statement-${plain || 'tenant'}.${ENDINGS[format]}`;
}

export function StatementSheet({ tenant, onClose }: Props) {
  const host = useHost();
  const [format, setFormat] = useState<StatementFormat>('page');
  const save = useMutation({
    mutationFn: async () => {
      const path = await host.pickSavePath(fileName(tenant.name, format));
      return path === null ? null : host.statement(tenant.id, format, path);
    },
  });
  const done = save.data;
  return (
    <Sheet
      title={done ? 'Statement saved' : 'Statement of account'}
      subtitle={tenant.name}
      onClose={onClose}
      footer={
        done ? (
          <Button kind="primary" onPress={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button kind="primary" isDisabled={save.isPending} onPress={() => save.mutate()}>
              Save the statement
            </Button>
          </>
        )
      }
    >
      {done ? (
        <ExportedFile exported={done} />
      ) : (
        <div className={styles.form}>
          {save.error ? <Failed error={asDeskError(save.error)} small /> : null}
          <p>
            Every invoice, payment and credit note with its date, and what is open now. Drafts are
            left out; void invoices are listed and do not count.
          </p>
          <Pick label="File" options={FORMATS} value={format} onChange={setFormat} />
        </div>
      )}
    </Sheet>
  );
}
