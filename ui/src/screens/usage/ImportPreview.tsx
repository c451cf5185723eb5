/** The first rows of a file of usage, and what was found in it. */
import type { UsageFile, UsageImported } from '../../host/types';
import { Mark } from '../../parts/Mark';
import { countOf, countWords } from '../../words/numbers';
import styles from './Import.module.css';

const ROWS = 5;
const FINDINGS = 50;

/** The first rows, each column under what it is taken for. */
export function Preview({ file, mapping }: { file: UsageFile; mapping: UsageFile['mapping'] }) {
  const takenFor = (column: string) =>
    mapping
      .filter((one) => one.value.split(',').includes(column))
      .map((one) => one.name)
      .join(', ');
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <section className={styles.preview} aria-label="First rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {file.columns.map((column) => (
              <th key={column} scope="col">
                {column}
                <span className={styles.taken}>{takenFor(column) || 'not used'}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {file.rows.slice(0, ROWS).map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows of a file have no other name
            <tr key={at}>
              {row.map((cell, place) => (
                <td key={file.columns[place] ?? place}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is wrong, by line and column; the first of them. */
export function Findings({ result }: { result: UsageImported }) {
  if (result.findings.length === 0) return null;
  const all = result.findingCounts.reduce((sum, one) => sum + one.count, 0);
  const shown = result.findings.slice(0, FINDINGS);
  return (
    <>
      <ul className={styles.kinds}>
        {result.findingCounts.map((one) => (
          <li key={one.kind}>
            <Mark words={one.what} meaning={one.refuses ? 'over' : 'near'} />
            <span>{countOf(one.count, 'row')}</span>
          </li>
        ))}
      </ul>
      <table className={styles.findings}>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Column</th>
            <th scope="col">What stands there</th>
            <th scope="col">What is wrong, what to do</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={`${one.line} ${one.column} ${one.kind}`}>
              <td>{countWords(one.line)}</td>
              <td>{one.column ?? '–'}</td>
              <td>{one.value === '' ? '–' : <code>{one.value}</code>}</td>
              <td>
                {one.what}. {one.advice}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all > shown.length ? (
        <p className={styles.hint}>
          The first {countWords(shown.length)} of {countWords(all)} are listed.
        </p>
      ) : null}
    </>
  );
}
