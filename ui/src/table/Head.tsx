/** The headings of a table; a heading that can order the rows is a button. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Direction } from '../host/types';
import { cx } from '../parts/cx';
import styles from './DataTable.module.css';

export interface Column<Row, Sort extends string> {
  id: string;
  heading: string;
  /** A track of the grid: "minmax(160px, 2fr)". */
  width: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right. */
  right?: boolean;
  sort?: Sort;
  /** What a first click asks for: names from A, amounts from the largest. */
  firstDirection?: Direction;
  /** Left out where the table is narrower than this, in pixels. */
  hideBelow?: number;
}

interface Props<Row, Sort extends string> {
  columns: readonly Column<Row, Sort>[];
  tracks: string;
  sort: Sort;
  direction: Direction;
  onSort: (sort: Sort, direction: Direction) => void;
}

const other = (direction: Direction): Direction =>
  direction === 'ascending' ? 'descending' : 'ascending';

export function Head<Row, Sort extends string>(props: Props<Row, Sort>) {
  const { columns, tracks, sort, direction, onSort } = props;
  const Arrow = direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <div role="rowgroup" className={styles.head}>
      <div
        role="row"
        aria-rowindex={1}
        className={styles.headRow}
        style={{ gridTemplateColumns: tracks }}
      >
        {columns.map((column, at) => {
          const by = column.sort;
          const sorted = by !== undefined && by === sort;
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-colindex={at + 1}
              aria-sort={sorted ? direction : undefined}
              className={cx(styles.cell, column.right && styles.right)}
            >
              {by === undefined ? (
                column.heading
              ) : (
                <button
                  type="button"
                  className={cx(styles.sorter, sorted && styles.sorted)}
                  onClick={() =>
                    onSort(by, sorted ? other(direction) : (column.firstDirection ?? 'ascending'))
                  }
                >
                  {column.heading}
                  {sorted ? <Arrow size={12} aria-hidden /> : null}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
