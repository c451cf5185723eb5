/** Rows of a long table by rank: windows of 200, fetched when they come into sight. */
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { WINDOW_ROWS, windowsFor } from './ranks';

interface Page<Row> {
  total: number;
  first: number;
  rows: Row[];
}

/** Reads one window of a table. The key names everything that the answer depends on. */
export interface RowSource<Row> {
  key: readonly unknown[];
  page: (first: number, count: number) => Promise<Page<Row>>;
}

export interface Rows<Row> {
  /** Rows in all; none: not known yet. */
  total: number | null;
  at: (rank: number) => Row | undefined;
  /** What is shown belongs to the filter or order before this one. */
  stale: boolean;
  error: unknown;
  retry: () => void;
}

/** A filter and order, and how many rows it has. */
interface Known {
  key: readonly unknown[];
  total: number | null;
  before: { key: readonly unknown[]; total: number } | null;
}

/** Windows out of sight are kept this long, so that a million rows do not stay in memory. */
const KEPT_MS = 60_000;

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

const queryKey = (key: readonly unknown[], window: number) => ['books', ...key, window];

/** Until the first rows of a new filter are there, those of the one before stay in sight. */
function useKnown(key: readonly unknown[]): [Known, (total: number) => void] {
  const [known, setKnown] = useState<Known>({ key, total: null, before: null });
  const before = known.total === null ? known.before : { key: known.key, total: known.total };
  const current = same(known.key, key) ? known : { key, total: null, before };
  if (current !== known) setKnown(current);
  return [current, (total) => setKnown({ ...current, total })];
}

export function useRows<Row>(source: RowSource<Row>, first: number, count: number): Rows<Row> {
  const client = useQueryClient();
  const [known, setTotal] = useKnown(source.key);
  const windows = windowsFor(first, count, known.total ?? WINDOW_ROWS);
  const results = useQueries({
    queries: windows.map((window) => ({
      queryKey: queryKey(source.key, window),
      queryFn: () => source.page(window * WINDOW_ROWS, WINDOW_ROWS),
      gcTime: KEPT_MS,
    })),
  });
  const newest = newestTotal(results);
  if (newest !== null && newest !== known.total) setTotal(newest);
  const total = newest ?? known.total;
  const shown = total === null ? known.before : { key: source.key, total };
  return {
    total: shown?.total ?? null,
    at: (rank) => {
      if (!shown) return undefined;
      const window = Math.floor(rank / WINDOW_ROWS);
      return client.getQueryData<Page<Row>>(queryKey(shown.key, window))?.rows[rank % WINDOW_ROWS];
    },
    stale: shown !== null && total === null,
    error: results.find((result) => result.error)?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error) void result.refetch();
    },
  };
}

function newestTotal(
  results: readonly { data?: { total: number } | undefined; dataUpdatedAt: number }[],
): number | null {
  let newest: { at: number; total: number } | null = null;
  for (const { data, dataUpdatedAt } of results) {
    if (data && dataUpdatedAt > (newest?.at ?? -1))
      newest = { at: dataUpdatedAt, total: data.total };
  }
  return newest?.total ?? null;
}
