/** What a table shows: its filter and its order. The address says it, so that "back" brings it back.
 *
 * The address follows a moment later than a key or a click, longer on a busy computer. Meanwhile
 * what was asked for last stands: the next key or click must build on it, not on the address. */
import { useMemo, useState } from 'react';
import type { TableSearch } from '../app/search';
import type { Direction } from '../host/types';

interface Usual<Filter, Sort> {
  filter: Filter;
  sort: Sort;
  direction: Direction;
}

export interface TableView<Filter, Sort> extends Usual<Filter, Sort> {
  show: (filter: Filter) => void;
  order: (sort: Sort, direction: Direction) => void;
}

/**
 * @param search what the address says now
 * @param usual what stands where the address says nothing
 * @param go changes the address; done when the page follows it
 */
export function useTableView<Filter, Sort>(
  search: TableSearch<Filter, Sort>,
  usual: Usual<Filter, Sort>,
  go: (search: TableSearch<Filter, Sort>) => Promise<void>,
): TableView<Filter, Sort> {
  const [asked, setAsked] = useState<TableSearch<Filter, Sort> | null>(null);
  const current = asked ?? search;
  const filter = useMemo(
    () => ({ ...usual.filter, ...current.filter }),
    [usual.filter, current.filter],
  );
  const sort = current.sort ?? usual.sort;
  const direction = current.direction ?? usual.direction;
  const ask = async (next: TableSearch<Filter, Sort>) => {
    setAsked(next);
    try {
      await go(next);
    } finally {
      setAsked((last) => (last === next ? null : last));
    }
  };
  return {
    filter,
    sort,
    direction,
    show: (next) => void ask({ filter: next, sort, direction }),
    order: (by, way) => void ask({ filter, sort: by, direction: way }),
  };
}
