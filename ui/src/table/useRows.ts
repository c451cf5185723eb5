/** Rows of a long table by rank: windows of 200, fetched when they come into sight. */
import { useQueries } from '@tanstack/react-query';
import { useRef } from 'react';
import { WINDOW_ROWS, windowsFor } from './ranks';

export interface Page<Row> {
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

interface Shown<Row> {
  key: string;
  total: number;
  pages: Map<number, Page<Row>>;
}

/** Windows that are remembered for drawing; the query cache remembers more. */
const MOST_PAGES = 24;

export function useRows<Row>(
  source: RowSource<Row>,
  first: number,
  count: number,
  knownTotal: number | null,
): Rows<Row> {
  const windows = windowsFor(first, count, knownTotal ?? WINDOW_ROWS);
  const results = useQueries({
    queries: windows.map((window) => ({
      queryKey: ['books', ...source.key, window],
      queryFn: () => source.page(window * WINDOW_ROWS, WINDOW_ROWS),
    })),
  });
  const key = JSON.stringify(source.key);
  const shown = useRef<Shown<Row> | null>(null);
  const loaded = results.find((result) => result.data !== undefined)?.data;
  if (loaded) {
    const pages = shown.current?.key === key ? shown.current.pages : new Map<number, Page<Row>>();
    results.forEach((result, at) => {
      const window = windows[at];
      if (!result.data || window === undefined) return;
      pages.delete(window);
      pages.set(window, result.data);
    });
    const [oldest] = pages.keys();
    if (pages.size > MOST_PAGES && oldest !== undefined) pages.delete(oldest);
    shown.current = { key, total: newestTotal(results, loaded.total), pages };
  }
  const drawn = shown.current;
  return {
    total: drawn?.total ?? null,
    at: (rank) => drawn?.pages.get(Math.floor(rank / WINDOW_ROWS))?.rows[rank % WINDOW_ROWS],
    stale: drawn !== null && drawn.key !== key,
    error: results.find((result) => result.error)?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error) void result.refetch();
    },
  };
}

function newestTotal(
  results: readonly { data?: { total: number } | undefined; dataUpdatedAt: number }[],
  fallback: number,
): number {
  let newest = { at: -1, total: fallback };
  for (const { data, dataUpdatedAt } of results) {
    if (data && dataUpdatedAt > newest.at) newest = { at: dataUpdatedAt, total: data.total };
  }
  return newest.total;
}
