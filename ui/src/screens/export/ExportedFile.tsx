/** What was written: file, control sheet, rows, hash, sums. */
import type { Exported } from '../../host/types';
import { Id, Money } from '../../parts/Figures';
import { Note } from '../../parts/States';
import { bytesWords, countOf, countWords } from '../../words/numbers';
import styles from './Export.module.css';

export function ExportedFile({ exported }: { exported: Exported }) {
  return (
    <div className={styles.form}>
      <Note meaning="done">
        {countOf(exported.rows, 'row')}, {bytesWords(exported.bytes)}. The log has an entry for it.
      </Note>
      <dl className={styles.written}>
        <div>
          <dt>File</dt>
          <dd>{exported.path}</dd>
        </div>
        <div>
          <dt>Control sheet</dt>
          <dd>{exported.controlSheet}</dd>
        </div>
        <div>
          <dt>SHA-256 of the file</dt>
          <dd className={styles.hash}>
            <Id id={exported.sha256} />
          </dd>
        </div>
      </dl>
      {exported.sums.length > 0 ? (
        <table className={styles.sums}>
          <thead>
            <tr>
              <th scope="col">Sums</th>
              <th scope="col">Invoices</th>
              <th scope="col">Total</th>
              <th scope="col">Remaining</th>
            </tr>
          </thead>
          <tbody>
            {exported.sums.map((sum) => (
              <tr key={sum.currency}>
                <td>{sum.currency}</td>
                <td>{countWords(sum.invoices)}</td>
                <td>
                  <Money amount={sum.total} />
                </td>
                <td>
                  <Money amount={sum.remaining} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}
