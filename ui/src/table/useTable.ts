/** A table's place, active row and rows in sight, kept together. */
import { type UIEvent, useCallback, useEffect, useRef, useState } from 'react';
import {
  type Geometry,
  isClamped,
  moved,
  type Place,
  revealing,
  scrollFor,
  scrollHeight,
  seen,
} from './ranks';
import { type RowSource, useRows } from './useRows';

/** A jump asks for rows when it has rested this long: a dragged thumb passes thousands. */
const JUMP_REST_MS = 80;
/** After this rest the scroll area is put where the table stands. */
const SETTLE_MS = 150;

/** The headings stay above the rows, inside of the scroll area; as in the style sheet. */
const HEAD_PX = 31;

const TOP: Place = { top: 0, scroll: 0 };
const FIRST_ROWS = { first: 0, count: 40 };

function rowHeight(): number {
  const wanted = getComputedStyle(document.documentElement).getPropertyValue('--row');
  return Number.parseInt(wanted, 10) || 32;
}

/** The scroll area's size, and the rows' height, as they are now. */
function useBox() {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 1040, height: 640, row: 32 });
  const attach = useCallback((element: HTMLDivElement | null) => {
    box.current = element;
    if (!element) return undefined;
    const measure = () =>
      setSize({
        width: element.clientWidth || 1040,
        height: (element.clientHeight || 640) - HEAD_PX,
        row: rowHeight(),
      });
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    const rowsChosen = new MutationObserver(measure);
    rowsChosen.observe(document.documentElement, { attributeFilter: ['data-rows'] });
    return () => {
      resized.disconnect();
      rowsChosen.disconnect();
    };
  }, []);
  return { box, size, attach };
}

/** One timer at a time: a new one takes the place of the one before. */
function useTimer() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback((run: (() => void) | null, ms: number) => {
    clearTimeout(timer.current);
    if (run) timer.current = setTimeout(run, ms);
  }, []);
}

export function useTable<Row>(source: RowSource<Row>, onTotal?: (total: number) => void) {
  const { box, size, attach } = useBox();
  const [place, setPlace] = useState(TOP);
  const [wanted, setWanted] = useState(FIRST_ROWS);
  const [active, setActive] = useState(0);
  const jump = useTimer();
  const settle = useTimer();

  // Another order or filter starts at its top.
  const key = JSON.stringify(source.key);
  const [keyBefore, setKeyBefore] = useState(key);
  if (keyBefore !== key) {
    setKeyBefore(key);
    setPlace(TOP);
    setWanted(FIRST_ROWS);
    setActive(0);
  }
  useEffect(() => {
    // Named here because the place belongs to this key.
    if (key) box.current?.scrollTo({ top: 0 });
  }, [box, key]);

  const rows = useRows(source, wanted.first, wanted.count);
  const total = rows.total ?? 0;
  const geometry: Geometry = { total, row: size.row, viewport: size.height };
  const range = rows.total === null ? skeletonRange(geometry) : seen(place.top, geometry);

  useEffect(() => {
    if (rows.total !== null && !rows.stale) onTotal?.(rows.total);
  }, [rows.total, rows.stale, onTotal]);

  const want = (next: Place) => {
    const { first, count } = seen(next.top, geometry);
    const ask = () => setWanted({ first, count });
    const far = Math.abs(next.top - place.top) > 20 * geometry.viewport;
    jump(far ? ask : null, JUMP_REST_MS);
    if (!far) ask();
  };

  const putAt = (top: number) => {
    const scroll = scrollFor(top, geometry);
    setPlace({ top, scroll });
    const element = box.current;
    if (element && Math.abs(element.scrollTop - scroll) >= 1) element.scrollTo({ top: scroll });
  };

  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const scroll = event.currentTarget.scrollTop;
    if (Math.abs(scroll - place.scroll) < 1) return;
    const next = moved(place, scroll, geometry);
    setPlace(next);
    want(next);
    if (isClamped(geometry)) settle(() => putAt(next.top), SETTLE_MS);
  };

  /** Makes a row the active one and brings it into sight; gives back its rank. */
  const reveal = (rank: number): number => {
    const next = Math.min(Math.max(rank, 0), Math.max(0, total - 1));
    setActive(next);
    const top = revealing(next, place.top, geometry);
    if (top !== place.top) {
      want({ top, scroll: 0 });
      putAt(top);
    }
    return next;
  };

  return {
    rows,
    range,
    active: Math.min(active, Math.max(0, total - 1)),
    attach,
    width: size.width,
    height: rows.total === null ? size.height : scrollHeight(geometry),
    layer: Math.min(size.height, total === 0 ? size.height : total * size.row),
    onScroll,
    reveal,
  };
}

/** What is drawn while nothing is known: one screen of empty rows. */
function skeletonRange({ row, viewport }: Geometry) {
  return { first: 0, count: Math.floor(viewport / row), offset: 0 };
}
