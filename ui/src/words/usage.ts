/** Quantities and states of usage in words. Quantities arrive as exact decimals in text. */
import type { UsageRow, UsageStanding } from '../host/types';
import type { StateWords } from './states';

/** "1911.25" as "1,911.25"; what is not known is a dash. Nothing is rounded. */
export function quantityWords(quantity: string | null): string {
  if (quantity === null) return '–';
  const negative = quantity.startsWith('-');
  const [whole = '', fraction] = quantity.replace('-', '').split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${negative ? '\u2212' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Hundredths of a percent, rounded down: 100 % is never said before it is reached. */
export function shareWords(basisPoints: number | null): string {
  if (basisPoints === null) return '–';
  if (basisPoints >= 1_000_000) return 'over 9,999 %';
  const tenths = Math.floor(basisPoints / 10);
  if (basisPoints > 0 && tenths < 100 && tenths % 10 !== 0) return `${(tenths / 10).toFixed(1)} %`;
  return `${Math.floor(basisPoints / 100).toLocaleString('en-GB')} %`;
}

const STANDINGS: Readonly<Record<UsageStanding, StateWords>> = {
  within: { words: 'Within', meaning: 'within' },
  near: { words: 'Near', meaning: 'near' },
  reached: { words: 'Limit reached', meaning: 'over' },
  over: { words: 'Over', meaning: 'over' },
  unknown: { words: 'Not known', meaning: 'off' },
};

export const USAGE_STANDINGS = Object.keys(STANDINGS) as UsageStanding[];

export const standingWords = (state: UsageStanding): StateWords => STANDINGS[state];

const DAYS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** "2026-11-24" as "24 Nov"; a year that is not this one stands behind. */
export function dateWords(day: string, year = false): string {
  const words = DAYS.format(new Date(`${day}T00:00:00Z`));
  return year ? `${words} ${day.slice(0, 4)}` : words;
}

/** "1–30 Nov 2026", "14 Oct–13 Nov 2026". */
export function spanOfDays(start: string, end: string): string {
  const last = dateWords(end, true);
  if (start.slice(0, 7) === end.slice(0, 7)) return `${Number(start.slice(8))}–${last}`;
  return `${dateWords(start, start.slice(0, 4) !== end.slice(0, 4))}–${last}`;
}

/** The state of a row with the day on which it runs out: "Near, runs out 24 Nov". */
export function rowState(row: UsageRow): StateWords {
  if (row.unlimited) return { words: 'No limit', meaning: 'within' };
  if (row.state === 'unknown' && row.unmapped) {
    return { words: 'Price without a plan', meaning: 'near' };
  }
  const state = standingWords(row.state);
  if (row.runsOut === null || row.state === 'reached' || row.state === 'over') return state;
  return { ...state, words: `${state.words}, runs out ${dateWords(row.runsOut)}` };
}

/** A plan's key as its name where the catalogue is not at hand: "professional". */
export const planWords = (key: string | null, names: ReadonlyMap<string, string>): string =>
  key === null ? '–' : (names.get(key) ?? key);
