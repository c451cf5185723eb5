/** What is selected in a table, with its sums, to copy it into a sheet. */
import { useState } from 'react';
import type { Amount } from '../host/types';
import { Button } from '../parts/Button';
import { copyText } from '../parts/copy';
import { amountsWords, sumPerCurrency } from '../words/amounts';
import { countOf } from '../words/numbers';
import styles from './SelectionBar.module.css';

interface Props<Row> {
  rows: readonly Row[];
  one: string;
  many: string;
  /** The amount that is summed, with its name: "MRR". */
  amount: { name: string; of: (row: Row) => Amount | null };
  /** One line of tab-separated cells. */
  line: (row: Row) => string;
  onClear: () => void;
}

export function SelectionBar<Row>({ rows, one, many, amount, line, onClear }: Props<Row>) {
  const [copied, setCopied] = useState<readonly Row[] | null>(null);
  if (rows.length === 0) return null;
  const amounts = rows.map(amount.of).filter((value) => value !== null);
  const sums = sumPerCurrency(amounts).filter((sum) => sum.minor !== 0);
  const copy = async () => {
    if (await copyText(rows.map(line).join('\n'))) setCopied(rows);
  };
  return (
    <div className={styles.bar} role="status">
      <span className={styles.count}>{countOf(rows.length, one, many)} selected</span>
      {sums.length > 0 ? (
        <span className={styles.sums}>
          {amount.name} {amountsWords(sums)}
        </span>
      ) : null}
      <span className={styles.space} />
      <Button small onPress={() => void copy()}>
        {copied === rows ? 'Copied' : 'Copy rows'}
      </Button>
      <Button small kind="quiet" onPress={onClear}>
        Clear
      </Button>
    </div>
  );
}
