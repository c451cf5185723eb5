/** A table's place, active row and rows in sight, kept together. */
import { type UIEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
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

function rowHeight(): number {
  const wanted = getComputedStyle(document.documentElement).getPropertyValue('--row');
  return Number.parseInt(wanted, 10) || 32;
}

export function useTable<Row>(source: RowSource<Row>, onTotal?: (total: number) => void) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [size, setSize] = useState({ width: 1040, height: 640, row: 32 });
  const [place, setPlace] = useState<Place>({ top: 0, scroll: 0 });
  const [wanted, setWanted] = useState({ first: 0, count: 40 });
  const [active, setActive] = useState(0);
  const jump = useRef<ReturnType<typeof setTimeout>>(undefined);
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [lastTotal, setLastTotal] = useState<number | null>(null);

  const rows = useRows(source, wanted.first, wanted.count, lastTotal);
  const total = rows.total ?? 0;
  const geometry: Geometry = { total, row: size.row, viewport: size.height };
  const range = rows.total === null ? skeletonRange(geometry) : seen(place.top, geometry);

  useEffect(() => {
    if (rows.total === null) return;
    setLastTotal(rows.total);
    onTotal?.(rows.total);
  }, [rows.total, onTotal]);

  useLayoutEffect(() => {
    if (!scroller) return undefined;
    const measure = () =>
      setSize({
        width: scroller.clientWidth || 1040,
        height: scroller.clientHeight || 640,
        row: rowHeight(),
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(scroller);
    const rowsChosen = new MutationObserver(measure);
    rowsChosen.observe(document.documentElement, { attributeFilter: ['data-rows'] });
    return () => {
      observer.disconnect();
      rowsChosen.disconnect();
    };
  }, [scroller]);

  useEffect(
    () => () => {
      clearTimeout(jump.current);
      clearTimeout(settle.current);
    },
    [],
  );

  const want = useCallback((next: Place, before: Place, at: Geometry) => {
    const { first, count } = seen(next.top, at);
    clearTimeout(jump.current);
    const ask = () => setWanted({ first, count });
    if (Math.abs(next.top - before.top) > 20 * at.viewport) {
      jump.current = setTimeout(ask, JUMP_REST_MS);
    } else ask();
  }, []);

  // Another order or filter starts at its top.
  const key = JSON.stringify(source.key);
  const [keyBefore, setKeyBefore] = useState(key);
  if (keyBefore !== key) {
    setKeyBefore(key);
    setPlace({ top: 0, scroll: 0 });
    setWanted({ first: 0, count: 40 });
    setActive(0);
  }
  useEffect(() => {
    if (scroller) scroller.scrollTop = 0;
  }, [scroller, key]);

  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const scroll = event.currentTarget.scrollTop;
    if (Math.abs(scroll - place.scroll) < 1) return;
    const next = moved(place, scroll, geometry);
    setPlace(next);
    want(next, place, geometry);
    if (!isClamped(geometry)) return;
    clearTimeout(settle.current);
    settle.current = setTimeout(() => putAt(next.top), SETTLE_MS);
  };

  const putAt = (top: number) => {
    const scroll = scrollFor(top, geometry);
    setPlace({ top, scroll });
    if (scroller && Math.abs(scroller.scrollTop - scroll) >= 1) scroller.scrollTop = scroll;
  };

  /** Makes a row the active one and brings it into sight; gives back its rank. */
  const reveal = (rank: number): number => {
    const next = Math.min(Math.max(rank, 0), Math.max(0, total - 1));
    setActive(next);
    const top = revealing(next, place.top, geometry);
    if (top !== place.top) {
      want({ top, scroll: 0 }, place, geometry);
      putAt(top);
    }
    return next;
  };

  return {
    rows,
    range,
    active: Math.min(active, Math.max(0, total - 1)),
    scroller: setScroller,
    width: size.width,
    height: rows.total === null ? '100%' : scrollHeight(geometry),
    layer: Math.min(size.height, total === 0 ? size.height : total * size.row),
    onScroll,
    reveal,
  };
}

/** What is drawn while nothing is known: one screen of empty rows. */
function skeletonRange({ row, viewport }: Geometry) {
  return { first: 0, count: Math.floor(viewport / row), offset: 0 };
}
