/** The one table of long lists: drawn by rank, fetched in windows, driven by keys. */
import { memo, type MouseEvent, type ReactNode, useId, useMemo } from 'react';
import { cx } from '../parts/cx';
import { asDeskError } from '../host/errors';
import type { Direction } from '../host/types';
import { useShortcut } from '../keys/useShortcut';
import { Failed } from '../parts/States';
import { type Column, Head } from './Head';
import styles from './DataTable.module.css';
import type { RowSource } from './useRows';
import { useTable } from './useTable';

export type { Column } from './Head';

export interface DataTableProps<Row, Sort extends string> {
  /** What it is, for a screen reader: "Tenants". */
  label: string;
  columns: readonly Column<Row, Sort>[];
  source: RowSource<Row>;
  idOf: (row: Row) => string;
  sort: Sort;
  direction: Direction;
  onSort: (sort: Sort, direction: Direction) => void;
  onOpen: (row: Row) => void;
  /** The row that is peeked at, or that stopped being. */
  onPeek: (row: Row | null) => void;
  peeking: boolean;
  selected?: ReadonlyMap<string, Row>;
  /** None: rows cannot be selected. */
  onSelect?: (selected: ReadonlyMap<string, Row>) => void;
  /** What stands in place of rows when there are none. */
  empty: ReactNode;
  /** Rows that are crossed out or faint. */
  isFaint?: (row: Row) => boolean;
  /** Tells how many rows there are, whenever that changes. */
  onTotal?: (total: number) => void;
}

const NONE = new Map<string, never>();

export function DataTable<Row, Sort extends string>(props: DataTableProps<Row, Sort>) {
  const { columns, idOf, label, onSelect, onOpen, onPeek, peeking } = props;
  const selected = props.selected ?? NONE;
  const base = useId();
  const { rows, active, range, reveal, attach, ...table } = useTable(props.source, props.onTotal);
  const shownColumns = useMemo(
    () => columns.filter((one) => (one.hideBelow ?? 0) <= table.width),
    [columns, table.width],
  );
  const tracks = shownColumns.map((one) => one.width).join(' ');
  const total = rows.total ?? 0;
  const activeRow = rows.at(active);

  const go = (rank: number) => {
    const next = reveal(rank);
    if (!peeking) return;
    const row = rows.at(next);
    if (row) onPeek(row);
  };
  const toggle = (row: Row | undefined) => {
    if (!row || !onSelect) return;
    const next = new Map(selected);
    if (!next.delete(idOf(row))) next.set(idOf(row), row);
    onSelect(next);
  };
  const screen = Math.max(1, range.count - 2);
  const any = total > 0;
  useShortcut('row.next', () => go(active + 1), any);
  useShortcut('row.previous', () => go(active - 1), any);
  useShortcut('row.pageDown', () => go(active + screen), any);
  useShortcut('row.pageUp', () => go(active - screen), any);
  useShortcut('row.first', () => go(0), any);
  useShortcut('row.last', () => go(total - 1), any);
  useShortcut('row.open', () => (activeRow ? onOpen(activeRow) : false), any);
  useShortcut('row.peek', () => (activeRow ? onPeek(peeking ? null : activeRow) : false), any);
  useShortcut('row.select', () => toggle(activeRow), any && onSelect !== undefined);

  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const place = target.closest<HTMLElement>('[data-rank]');
    if (!place || target.closest('a, button')) return;
    const rank = Number(place.dataset['rank']);
    const row = rows.at(rank);
    reveal(rank);
    if (!row) return;
    if (target.closest('[data-gutter]')) toggle(row);
    else onOpen(row);
  };
  if (rows.error && rows.total === null) {
    return <Failed error={asDeskError(rows.error)} onRetry={rows.retry} />;
  }
  return (
    <>
      {rows.error ? (
        <div className={styles.failedBar}>
          <Failed error={asDeskError(rows.error)} onRetry={rows.retry} small />
        </div>
      ) : null}
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={rows.total === null ? -1 : total + 1}
        aria-colcount={shownColumns.length}
        aria-multiselectable={onSelect !== undefined}
        aria-busy={rows.stale || rows.total === null}
        aria-activedescendant={activeRow ? `${base}-${active}` : undefined}
        tabIndex={0}
        className={styles.grid}
        ref={attach}
        onScroll={table.onScroll}
        onClick={click}
      >
        <Head
          columns={shownColumns}
          tracks={tracks}
          sort={props.sort}
          direction={props.direction}
          onSort={props.onSort}
        />
        <div className={styles.body} role="rowgroup">
          {rows.total === 0 ? (
            <div role="row" className={styles.none}>
              <div role="gridcell" aria-colspan={shownColumns.length}>
                {props.empty}
              </div>
            </div>
          ) : (
            <div role="presentation" style={{ height: table.height }}>
              <div
                role="presentation"
                className={cx(styles.layer, rows.stale && styles.stale)}
                style={{ height: table.layer }}
              >
                <div role="presentation" style={{ transform: `translateY(${range.offset}px)` }}>
                  {Array.from({ length: range.count }, (_, at) => {
                    const rank = range.first + at;
                    const row = rows.at(rank);
                    return (
                      <TableRow
                        key={rank}
                        id={`${base}-${rank}`}
                        rank={rank}
                        row={row}
                        columns={shownColumns}
                        tracks={tracks}
                        active={rank === active}
                        selectable={onSelect !== undefined}
                        selected={row !== undefined && selected.has(idOf(row))}
                        faint={row !== undefined && (props.isFaint?.(row) ?? false)}
                      />
                    );
                  })}
                </div>
              </div>
            </div>
          )}
        </div>
      </div>
    </>
  );
}

interface RowProps<Row> {
  id: string;
  rank: number;
  /** Not there yet: drawn as an outline. */
  row: Row | undefined;
  columns: readonly Column<Row, string>[];
  tracks: string;
  active: boolean;
  selectable: boolean;
  selected: boolean;
  faint: boolean;
}

function PlainRow<Row>(props: RowProps<Row>) {
  const { id, rank, row, columns, tracks, active, selectable, selected, faint } = props;
  return (
    <div
      role="row"
      id={id}
      data-rank={rank}
      aria-rowindex={rank + 2}
      aria-selected={selectable ? selected : undefined}
      data-active={active || undefined}
      data-selected={selected || undefined}
      className={cx(styles.row, faint && styles.faint)}
      style={{ gridTemplateColumns: tracks }}
    >
      {selectable ? (
        <div role="presentation" data-gutter className={styles.gutter}>
          <span className={styles.tick} />
        </div>
      ) : null}
      {columns.map((column, place) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={place + 1}
          className={cx(styles.cell, column.right && styles.right)}
        >
          {row ? column.cell(row) : <span className={styles.skeleton} />}
        </div>
      ))}
    </div>
  );
}

/** A scrolled row is not drawn again. */
const TableRow = memo(PlainRow) as typeof PlainRow;
