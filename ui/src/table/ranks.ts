/** Where a table of any length stands when its scroll area is at a given place.
 *
 * Browsers clamp a scroll area near 33 million pixels and lose whole pixels long before, so a long
 * table gets a shorter area. A thumb dragged through it is mapped in proportion; a wheel or a key
 * moves by exact pixels, and the two are brought together again when the scrolling rests. */

export const MAX_SCROLL_PX = 8_000_000;

export interface Geometry {
  /** Rows in all. */
  total: number;
  /** Height of a row in pixels. */
  row: number;
  /** Height of what is seen, in pixels. */
  viewport: number;
}

export interface Place {
  /** Pixels of table above what is seen. */
  top: number;
  /** The scroll area's own place. */
  scroll: number;
}

const clamp = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** Height of the scroll area. */
export const scrollHeight = ({ total, row }: Geometry): number =>
  Math.min(total * row, MAX_SCROLL_PX);

const maxScroll = (geometry: Geometry) => Math.max(0, scrollHeight(geometry) - geometry.viewport);
const maxTop = ({ total, row, viewport }: Geometry) => Math.max(0, total * row - viewport);

export const isClamped = ({ total, row }: Geometry): boolean => total * row > MAX_SCROLL_PX;

/** The place of the scroll area for a place in the table. */
export function scrollFor(top: number, geometry: Geometry): number {
  if (!isClamped(geometry)) return clamp(top, 0, maxTop(geometry));
  return (clamp(top, 0, maxTop(geometry)) / maxTop(geometry)) * maxScroll(geometry);
}

function topFor(scroll: number, geometry: Geometry): number {
  if (!isClamped(geometry)) return clamp(scroll, 0, maxTop(geometry));
  return (clamp(scroll, 0, maxScroll(geometry)) / maxScroll(geometry)) * maxTop(geometry);
}

/** Where the table stands after the scroll area moved from `before` to `scroll`. */
export function moved(before: Place, scroll: number, geometry: Geometry): Place {
  const ends = scroll <= 0 || scroll >= maxScroll(geometry);
  const delta = scroll - before.scroll;
  if (!isClamped(geometry) || ends || Math.abs(delta) > geometry.viewport) {
    return { top: topFor(scroll, geometry), scroll };
  }
  return { top: clamp(before.top + delta, 0, maxTop(geometry)), scroll };
}

/** Where the table must stand so that a row is in sight; the same place when it is already. */
export function revealing(rank: number, top: number, geometry: Geometry): number {
  const above = rank * geometry.row;
  if (above < top) return above;
  const below = above + geometry.row - geometry.viewport;
  return below > top ? Math.min(below, maxTop(geometry)) : top;
}

export interface Seen {
  /** Rank of the first row that is drawn. */
  first: number;
  /** How many rows are drawn. */
  count: number;
  /** Pixels by which the first row stands above the edge (zero or negative). */
  offset: number;
}

/** The rows in sight, the cut ones at both edges included. */
export function seen(top: number, geometry: Geometry): Seen {
  const { total, row, viewport } = geometry;
  const first = clamp(Math.floor(top / row), 0, Math.max(0, total - 1));
  const count = Math.min(total - first, Math.ceil(viewport / row) + 1);
  return { first, count: Math.max(0, count), offset: first * row - top };
}

/** Rows that are asked for at once. */
export const WINDOW_ROWS = 200;

/** The windows of 200 rows that hold the rows from `first` on, with some to spare on both sides. */
export function windowsFor(first: number, count: number, total: number, spare = 40): number[] {
  const from = Math.floor(Math.max(0, first - spare) / WINDOW_ROWS);
  const last = Math.max(0, Math.min(total - 1, first + count + spare));
  const to = Math.floor(last / WINDOW_ROWS);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
