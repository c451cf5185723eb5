/** Spans of days that a finance team asks for, in the company's zone. */
import { endOfMonth, parseDate, startOfMonth, startOfYear } from '@internationalized/date';
import type { Span } from '../DaysChip';

/** This and last month, quarter and year, seen from a day. */
export function spansFrom(today: string): Span[] {
  const day = parseDate(today);
  const month = startOfMonth(day);
  const quarter = month.subtract({ months: (month.month - 1) % 3 });
  const year = startOfYear(day);
  const span = (words: string, from: typeof day, months: number): Span => ({
    words,
    from: from.toString(),
    to: endOfMonth(from.add({ months: months - 1 })).toString(),
  });
  return [
    span('This month', month, 1),
    span('Last month', month.subtract({ months: 1 }), 1),
    span('This quarter', quarter, 3),
    span('Last quarter', quarter.subtract({ months: 3 }), 3),
    span('This year', year, 12),
    span('Last year', year.subtract({ years: 1 }), 12),
  ];
}
