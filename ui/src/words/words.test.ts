import { describe, expect, test } from 'vitest';
import { amountWords, parseMinor, sumPerCurrency, typedAmount, unitPriceWords } from './amounts';
import { bytesWords, countOf, percentWords, spanWords } from './numbers';
import { invoiceState, subscriptionState } from './states';
import {
  agoWords,
  asOfWords,
  dayWords,
  isoDay,
  isoDayWords,
  momentWords,
  monthWords,
  rangeWords,
} from './times';

const amount = (minor: number, currency: string, exponent: number) => ({
  minor,
  currency,
  exponent,
});

describe('amounts', () => {
  test.each([
    [124_000, 'EUR', 2, '€1,240.00'],
    [-1250, 'USD', 2, '\u2212$12.50'],
    [0, 'GBP', 2, '£0.00'],
    [5, 'USD', 2, '$0.05'],
    [99_000, 'JPY', 0, '¥99,000'],
    [283_200, 'KWD', 3, 'KWD\u2009283.200'],
    [-1, 'KWD', 3, '\u2212KWD\u20090.001'],
    [12_345_678_901, 'CHF', 2, 'CHF\u2009123,456,789.01'],
    [Number.MAX_SAFE_INTEGER, 'USD', 2, '$90,071,992,547,409.91'],
  ])('%i %s is %s', (minor, currency, exponent, words) => {
    expect(amountWords(amount(minor, currency, exponent))).toBe(words);
  });

  test.each([
    ['1,240.50', 2, 124_050],
    ['1240', 2, 124_000],
    ['0.1', 2, 10],
    ['-12.5', 2, -1250],
    ['283.2', 3, 283_200],
    ['99000', 0, 99_000],
    ['99.5', 0, null],
    ['1.005', 2, null],
    ['1240,50', 2, null],
    ['1,24', 2, null],
    ['12,40,000', 2, null],
    ['1,240,000.5', 2, 124_000_050],
    ['abc', 2, null],
    ['', 2, null],
    ['99999999999999999', 2, null],
  ])('%s typed with %i decimals is %s', (typed, exponent, minor) => {
    expect(parseMinor(typed, exponent)).toBe(minor);
  });

  test('what is typed back is read as the same amount', () => {
    for (const [minor, exponent] of [
      [124_050, 2],
      [-7, 3],
      [99_000, 0],
    ] as const) {
      expect(parseMinor(typedAmount(minor, exponent), exponent)).toBe(minor);
    }
  });

  test.each([
    ['77', 'USD', 2, '$77.00'],
    ['0.0005', 'USD', 2, '$0.0005'],
    ['1290', 'JPY', 0, '¥1,290'],
    ['-28.32', 'KWD', 3, '\u2212KWD\u200928.320'],
    ['free', 'USD', 2, 'free'],
  ])('a unit price of %s %s', (decimal, currency, exponent, words) => {
    expect(unitPriceWords(decimal, amount(0, currency, exponent))).toBe(words);
  });

  test('currencies are never added to each other', () => {
    const sums = sumPerCurrency([amount(100, 'EUR', 2), amount(5, 'JPY', 0), amount(50, 'EUR', 2)]);
    expect(sums.map(amountWords)).toEqual(['€1.50', '¥5']);
  });
});

describe('numbers', () => {
  test('counts, shares, sizes and spans', () => {
    expect(countOf(1, 'tenant')).toBe('1 tenant');
    expect(countOf(8214, 'tenant')).toBe('8,214 tenants');
    expect(countOf(2, 'entry', 'entries')).toBe('2 entries');
    expect(percentWords(34, 100)).toBe('34 %');
    expect(percentWords(34, 1000)).toBe('3.4 %');
    expect(percentWords(2, 100)).toBe('2 %');
    expect(percentWords(1, 0)).toBe('0 %');
    expect(bytesWords(48_300_000)).toBe('48 MB');
    expect(bytesWords(512)).toBe('512 bytes');
    expect(spanWords(40)).toBe('40 s');
    expect(spanWords(190)).toBe('3 min');
    expect(spanWords(4800)).toBe('1 h 20 min');
  });
});

describe('times', () => {
  // 14 Mar 2026, 08:30 UTC
  const at = 1_773_477_000;

  test('stand in the company’s zone, with its name', () => {
    expect(momentWords(at, 'Europe/Berlin')).toBe('14 Mar 2026, 09:30 CET');
    expect(momentWords(at, 'America/New_York')).toBe('14 Mar 2026, 04:30 EDT');
    expect(momentWords(at, 'UTC')).toBe('14 Mar 2026, 08:30 UTC');
  });

  test('a day is the zone’s day, not the day of UTC', () => {
    const lateInUtc = 1_773_529_200; // 14 Mar 2026, 23:00 UTC
    expect(dayWords(lateInUtc, 'UTC')).toBe('14 Mar 2026');
    expect(dayWords(lateInUtc, 'Asia/Tokyo')).toBe('15 Mar 2026');
    expect(isoDay(lateInUtc, 'Asia/Tokyo')).toBe('2026-03-15');
  });

  test('as-of times are as short as they can be', () => {
    expect(asOfWords(at, 'UTC', at + 3600)).toBe('08:30');
    expect(asOfWords(at, 'UTC', at + 3 * 86_400)).toBe('14 Mar, 08:30');
    expect(asOfWords(at, 'UTC', at + 400 * 86_400)).toBe('14 Mar 2026, 08:30');
  });

  test.each([
    [30, 'just now'],
    [120, '2 minutes ago'],
    [2 * 3600, '2 hours ago'],
    [86_400, '1 day ago'],
    [70 * 86_400, '2 months ago'],
    [-7200, 'in 2 hours'],
  ])('%i seconds later it was %s', (later, words) => {
    expect(agoWords(at, at + later)).toBe(words);
  });

  test('months, days and ranges', () => {
    expect(monthWords('2026-11')).toBe('Nov 2026');
    expect(isoDayWords('2026-11-01')).toBe('1 Nov 2026');
    expect(rangeWords(at, at + 5 * 86_400, 'UTC')).toBe('14–19 Mar 2026');
    expect(rangeWords(at, at + 20 * 86_400, 'UTC')).toBe('14 Mar – 3 Apr 2026');
  });
});

describe('states', () => {
  test('an open invoice that is late is past due, and a new word of Stripe’s is readable', () => {
    expect(invoiceState('open', true).words).toBe('Past due');
    expect(invoiceState('paid', false).meaning).toBe('done');
    expect(invoiceState('uncollectible').words).toBe('Written off');
    expect(subscriptionState(null).words).toBe('No subscription');
    expect(subscriptionState('pending_review').words).toBe('Pending review');
  });
});
