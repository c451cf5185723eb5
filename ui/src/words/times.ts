/** Days and moments in the company's zone, and how long ago something was. */

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, zone: string, options: Intl.DateTimeFormatOptions) {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  formatters.set(key, made);
  return made;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

interface Parts {
  year: string;
  month: number;
  day: string;
  hour: string;
  minute: string;
}

function partsOf(seconds: number, zone: string): Parts {
  const found: Record<string, string> = {};
  const parts = formatter('en-GB', zone, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(seconds * 1000));
  for (const part of parts) found[part.type] = part.value;
  return {
    year: found['year'] ?? '',
    month: Number(found['month'] ?? '1'),
    day: String(Number(found['day'] ?? '1')),
    hour: found['hour'] ?? '',
    minute: found['minute'] ?? '',
  };
}

/** "CET", or "GMT+3" where a zone has no name of its own. */
function zoneName(seconds: number, zone: string): string {
  const nameIn = (locale: string) =>
    formatter(locale, zone, { timeZoneName: 'short' })
      .formatToParts(new Date(seconds * 1000))
      .find((part) => part.type === 'timeZoneName')?.value ?? zone;
  const european = nameIn('en-GB');
  return european.startsWith('GMT') && european !== 'GMT' ? nameIn('en-US') : european;
}

/** "14 Mar 2026". */
export function dayWords(seconds: number, zone: string): string {
  const { year, month, day } = partsOf(seconds, zone);
  return `${day} ${MONTHS[month - 1] ?? ''} ${year}`;
}

/** "09:41". */
export function clockWords(seconds: number, zone: string): string {
  const { hour, minute } = partsOf(seconds, zone);
  return `${hour}:${minute}`;
}

/** "14 Mar 2026, 09:30 CET". */
export function momentWords(seconds: number, zone: string): string {
  return `${dayWords(seconds, zone)}, ${clockWords(seconds, zone)} ${zoneName(seconds, zone)}`;
}

/** "09:41" of today, "14 Mar, 09:41" of this year, "14 Mar 2025, 09:41" before. */
export function asOfWords(seconds: number, zone: string, now: number): string {
  const clock = clockWords(seconds, zone);
  if (dayWords(seconds, zone) === dayWords(now, zone)) return clock;
  const { year, month, day } = partsOf(seconds, zone);
  const short = `${day} ${MONTHS[month - 1] ?? ''}`;
  return year === partsOf(now, zone).year ? `${short}, ${clock}` : `${short} ${year}, ${clock}`;
}

/** "2 hours ago", "in 3 days", "just now". */
export function agoWords(seconds: number, now: number): string {
  const past = seconds <= now;
  const span = Math.abs(now - seconds);
  // The page's clock ticks twice a minute, so what just happened may lie a little ahead.
  if (span < 60) return 'just now';
  const steps: [number, string][] = [
    [365 * 86_400, 'year'],
    [30 * 86_400, 'month'],
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  const [size, unit] = steps.find(([least]) => span >= least) ?? [60, 'minute'];
  const count = Math.floor(span / size);
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return past ? `${words} ago` : `in ${words}`;
}

/** "Nov 2026" from "2026-11". */
export function monthWords(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${MONTHS[Number(number) - 1] ?? number} ${year}`;
}

/** "1 Nov 2026" from "2026-11-01"; a day of the company's zone has no clock. */
export function isoDayWords(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(date)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** "1–30 Nov 2026", "12 Mar – 2 Apr 2026": from a day to a day. */
export function rangeWords(from: number, to: number, zone: string): string {
  const a = partsOf(from, zone);
  const b = partsOf(to, zone);
  const end = dayWords(to, zone);
  if (a.year !== b.year) return `${dayWords(from, zone)} – ${end}`;
  if (a.month !== b.month) return `${a.day} ${MONTHS[a.month - 1] ?? ''} – ${end}`;
  return `${a.day}–${end}`;
}

/** Today's day in a zone, as "2026-11-22". */
export function isoDay(seconds: number, zone: string): string {
  const { year, month, day } = partsOf(seconds, zone);
  return `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}
