import { describe, expect, test } from 'vitest';
import {
  type Geometry,
  MAX_SCROLL_PX,
  moved,
  revealing,
  scrollFor,
  scrollHeight,
  seen,
  windowsFor,
} from './ranks';

const geometry = (total: number): Geometry => ({ total, row: 32, viewport: 640 });
const million = geometry(1_000_000);
const START = { top: 0, scroll: 0 };
const rankAt = (top: number, at: Geometry) => seen(top, at).first;

describe('a short table', () => {
  test('scrolls by its own pixels', () => {
    const short = geometry(1000);
    expect(scrollHeight(short)).toBe(32_000);
    expect(moved(START, 5000, short)).toEqual({ top: 5000, scroll: 5000 });
    expect(seen(5000, short)).toEqual({ first: 156, count: 21, offset: -8 });
  });

  test('with fewer rows than fit draws just these', () => {
    expect(seen(0, geometry(3))).toEqual({ first: 0, count: 3, offset: 0 });
    expect(seen(0, geometry(0)).count).toBe(0);
  });
});

describe('a million rows', () => {
  test('have a scroll area that browsers still place exactly', () => {
    expect(scrollHeight(million)).toBe(MAX_SCROLL_PX);
  });

  test('are all reached by the thumb: start, middle, end', () => {
    const end = MAX_SCROLL_PX - 640;
    expect(rankAt(moved(START, end / 2, million).top, million)).toBe(499_990);
    const last = moved(START, end, million).top;
    expect(rankAt(last, million)).toBe(999_980);
    expect(moved({ top: last, scroll: end }, 0, million).top).toBe(0);
  });

  test('move by exact pixels under the wheel, so that no row is jumped over', () => {
    const middle = moved(START, 4_000_000, million);
    const next = moved(middle, middle.scroll + 64, million);
    expect(next.top - middle.top).toBe(64);
  });

  test('every rank has a place that leads back to it', () => {
    for (let rank = 0; rank < 1_000_000; rank += 34_567) {
      const top = Math.min(rank * 32, 1_000_000 * 32 - 640);
      const back = moved(START, scrollFor(top, million), million).top;
      expect(Math.abs(back - top), `rank ${rank}`).toBeLessThan(0.5);
    }
  });

  test('the end stays the end when the wheel passes it', () => {
    const end = MAX_SCROLL_PX - 640;
    const before = moved(START, end - 100, million);
    expect(rankAt(moved(before, end, million).top, million)).toBe(999_980);
  });
});

describe('a row that must be seen', () => {
  const short = geometry(1000);

  test.each([
    ['is above', 10, 3200, 320],
    ['is below', 200, 3200, 5792],
    ['is in sight', 105, 3200, 3200],
    ['is the last', 999, 0, 31_360],
  ])('%s', (_where, rank, top, wanted) => {
    expect(revealing(rank, top, short)).toBe(wanted);
  });
});

describe('windows', () => {
  test.each([
    ['the start', 0, 21, 1_000_000, [0]],
    ['the edge of two', 190, 21, 1_000_000, [0, 1]],
    ['far inside', 500_100, 21, 1_000_000, [2500]],
    ['the end', 999_979, 21, 1_000_000, [4999]],
    ['nothing', 0, 0, 0, [0]],
  ])('of %s', (_where, first, count, total, wanted) => {
    expect(windowsFor(first, count, total)).toEqual(wanted);
  });
});
