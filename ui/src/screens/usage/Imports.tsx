/** What came in of usage, batch by batch; a batch can be reversed whole. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { UsageBatchView } from '../../host/types';
import { Button } from '../../parts/Button';
import { cx } from '../../parts/cx';
import { Day, Moment } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Page, PageBody } from '../../parts/Page';
import { Confirm } from '../../parts/Sheet';
import { Empty, Failed, Note, Skeleton } from '../../parts/States';
import { countOf, countWords } from '../../words/numbers';
import lists from '../Lists.module.css';
import { ImportSheet } from './ImportSheet';
import { UsageTabs } from './UsageTabs';

export function Imports() {
  const host = useHost();
  const batches = useQuery(reads.usageBatches(host));
  const [importing, setImporting] = useState(false);
  const [chosen, setChosen] = useState<UsageBatchView | null>(null);
  const { data, error } = batches;
  const choose = (
    <Button kind="primary" onPress={() => setImporting(true)}>
      Import usage
    </Button>
  );
  return (
    <Page title="Usage" below={<UsageTabs />} actions={choose}>
      <PageBody label="Imports">
        {error ? (
          <Failed error={asDeskError(error)} onRetry={() => void batches.refetch()} small />
        ) : null}
        {batches.isPending ? <Skeleton lines={6} /> : null}
        {data?.length === 0 ? (
          <Empty
            title="Nothing was imported yet"
            why="Each file that is imported stands here as a batch, and can be reversed whole."
            action={choose}
          />
        ) : null}
        {data && data.length > 0 ? <Batches batches={data} onReverse={setChosen} /> : null}
      </PageBody>
      {importing ? <ImportSheet onClose={() => setImporting(false)} /> : null}
      {chosen ? <Reverse batch={chosen} onClose={() => setChosen(null)} /> : null}
    </Page>
  );
}

interface BatchesProps {
  batches: readonly UsageBatchView[];
  onReverse: (batch: UsageBatchView) => void;
}

function Batches({ batches, onReverse }: BatchesProps) {
  return (
    <table className={lists.table}>
      <thead>
        <tr>
          <th scope="col">Batch</th>
          <th scope="col">Name</th>
          <th scope="col">Imported</th>
          <th scope="col">Use from</th>
          <th scope="col">to</th>
          <th scope="col" className={lists.right}>
            Records
          </th>
          <th scope="col" className={lists.right}>
            Aside
          </th>
          <th scope="col" className={lists.right}>
            Refused
          </th>
          <th scope="col" colSpan={2}>
            State
          </th>
        </tr>
      </thead>
      <tbody>
        {batches.map((one) => (
          <tr key={one.batch}>
            <td className={lists.fixed}>{countWords(one.batch)}</td>
            <td>{one.name}</td>
            <td className={lists.fixed}>
              <Moment at={one.importedAt} />
            </td>
            <td className={lists.fixed}>
              <Day at={one.firstAt} />
            </td>
            <td className={lists.fixed}>
              <Day at={one.lastAt} />
            </td>
            <td className={lists.right}>{countWords(one.records)}</td>
            <td className={cx(lists.right, lists.secondary)}>{countWords(one.aside)}</td>
            <td className={cx(lists.right, lists.secondary)}>{countWords(one.refused)}</td>
            <td className={lists.fixed}>
              {one.reversedAt === null ? (
                <Mark words="Counts" meaning="done" />
              ) : (
                <Mark words="Reversed" meaning="off" />
              )}
            </td>
            <td className={lists.right}>
              {one.reversedAt === null ? (
                <Button small kind="quiet" onPress={() => onReverse(one)}>
                  Reverse batch {countWords(one.batch)}
                </Button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Asks before a batch is taken away, and says what went. */
function Reverse({ batch, onClose }: { batch: UsageBatchView; onClose: () => void }) {
  const host = useHost();
  const client = useQueryClient();
  const reverse = useMutation({
    mutationFn: () => host.usageReverse(batch.batch),
    onSuccess: () => client.invalidateQueries({ queryKey: ['books'] }),
  });
  const done = reverse.data;
  const left = done?.leftOutElsewhere ?? [];
  return (
    <Confirm
      title={done ? 'Reversed' : `Reverse batch ${countWords(batch.batch)}?`}
      onClose={onClose}
      footer={
        done ? (
          <Button kind="primary" onPress={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button kind="danger" isDisabled={reverse.isPending} onPress={() => reverse.mutate()}>
              Reverse {countOf(batch.records, 'record')}
            </Button>
          </>
        )
      }
    >
      {reverse.error ? <Failed error={asDeskError(reverse.error)} small /> : null}
      {done ? (
        <Note meaning="done">
          {countOf(done.records, 'record')} of {countOf(done.tenants, 'tenant')} no longer count.
          {left.length > 0
            ? ` ${countOf(left.length, 'batch', 'batches')} left out rows that this one held: import those files again to bring them back.`
            : null}
        </Note>
      ) : (
        <p>
          {countOf(batch.records, 'record')} of “{batch.name}” no longer count, as if the file had
          never come. The log keeps that it was here; importing the file again brings them back.
        </p>
      )}
    </Confirm>
  );
}
