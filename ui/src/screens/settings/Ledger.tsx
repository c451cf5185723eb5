/** The newest entries of the log, and proving that the chain holds. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { LedgerCheck } from '../../host/types';
import { Button } from '../../parts/Button';
import { Ago, Id } from '../../parts/Figures';
import { Failed, Note, Skeleton } from '../../parts/States';
import { countOf } from '../../words/numbers';
import lists from '../Lists.module.css';
import styles from './Settings.module.css';

function Verdict({ check }: { check: LedgerCheck }) {
  if (check.broken !== null) {
    return <Note meaning="over">The chain is broken: {check.broken}</Note>;
  }
  return (
    <Note meaning="done">
      {countOf(check.entries, 'entry', 'entries')} checked, all hold. The last hash is{' '}
      <Id id={check.head} short />
    </Note>
  );
}

export function Ledger() {
  const host = useHost();
  const rows = useQuery(reads.ledger(host));
  const verify = useMutation({ mutationFn: () => host.ledgerVerify() });
  return (
    <>
      <div className={styles.buttons}>
        <Button isDisabled={verify.isPending} onPress={() => verify.mutate()}>
          {verify.isPending ? 'Checking the chain' : 'Verify the log'}
        </Button>
      </div>
      {verify.data ? <Verdict check={verify.data} /> : null}
      {verify.error ? <Failed error={asDeskError(verify.error)} small /> : null}
      {rows.error ? (
        <Failed error={asDeskError(rows.error)} onRetry={() => void rows.refetch()} small />
      ) : null}
      {rows.isPending ? <Skeleton lines={5} /> : null}
      {rows.data && rows.data.length > 0 ? (
        <table className={lists.table}>
          <thead>
            <tr>
              <th scope="col" className={lists.right}>
                No.
              </th>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {rows.data.slice(0, 20).map((row) => (
              <tr key={row.sequence}>
                <td className={lists.right}>{row.sequence}</td>
                <td className={lists.fixed}>
                  <Ago at={row.at} />
                </td>
                <td className={lists.fixed}>{row.author}</td>
                <td title={row.hash}>{row.words}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {rows.data?.length === 0 ? <p className={styles.hint}>Nothing was decided yet.</p> : null}
    </>
  );
}
