/** Amounts in words: minor units in, "€1,240.00" out. No amount ever becomes a fraction. */
import type { Amount } from '../host/types';

const MINUS = '\u2212';
const THIN_SPACE = '\u2009';

/** Signs that mean one currency only to the people who read these screens. */
const SIGNS: Readonly<Record<string, string>> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥' };

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The digits of an amount, without sign and currency: 124000 with 2 decimals is "1,240.00". */
function digitsOf(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = grouped(digits.slice(0, digits.length - exponent));
  return exponent === 0 ? whole : `${whole}.${digits.slice(digits.length - exponent)}`;
}

/** "€1,240.00", "−$12.50", "¥99,000", "KWD 283.200" (with a thin space). */
export function amountWords({ minor, currency, exponent }: Amount): string {
  const sign = minor < 0 ? MINUS : '';
  const before = SIGNS[currency] ?? `${currency}${THIN_SPACE}`;
  return `${sign}${before}${digitsOf(minor, exponent)}`;
}

/** A unit price, which may be finer than the currency: "$77.00", "$0.0005". */
export function unitPriceWords(decimal: string, { currency, exponent }: Amount): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
  if (!match) return decimal;
  const [, sign, whole = '', decimals = ''] = match;
  const padded = decimals.padEnd(exponent, '0');
  const digits = padded === '' ? grouped(whole) : `${grouped(whole)}.${padded}`;
  return `${sign ? MINUS : ''}${SIGNS[currency] ?? `${currency}${THIN_SPACE}`}${digits}`;
}

/** Amounts of several currencies beside each other; they are never added. */
export function amountsWords(amounts: readonly Amount[]): string {
  return amounts.map(amountWords).join(' + ');
}

/** Adds amounts of one currency each to its own sum, in the order of their appearance. */
export function sumPerCurrency(amounts: readonly Amount[]): Amount[] {
  const sums = new Map<string, Amount>();
  for (const amount of amounts) {
    const sum = sums.get(amount.currency);
    sums.set(amount.currency, { ...amount, minor: (sum?.minor ?? 0) + amount.minor });
  }
  return [...sums.values()];
}

/** "1,240.50" typed for a currency of two decimals is 124050; null when it is no such amount. A
 * comma stands between groups of three alone, so that "1240,50" is refused and never read as more. */
export function parseMinor(typed: string, exponent: number): number | null {
  const plain = typed.replace(/[\s\u2009\u202f]/g, '');
  const match = /^([-\u2212]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(plain);
  if (!match) return null;
  const [, sign, groups = '', decimals = ''] = match;
  const whole = groups.replaceAll(',', '');
  if (decimals.length > exponent) return null;
  const minor = Number(whole + decimals.padEnd(exponent, '0'));
  if (!Number.isSafeInteger(minor)) return null;
  return sign ? -minor : minor;
}

/** An amount as it is typed back into a field: "1240.50". */
export function typedAmount(minor: number, exponent: number): string {
  return `${minor < 0 ? '-' : ''}${digitsOf(minor, exponent).replaceAll(',', '')}`;
}
