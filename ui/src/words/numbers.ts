/** Counts, sizes, spans and shares in words. */

const COUNTS = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** "8,214". */
export function countWords(count: number): string {
  return COUNTS.format(count);
}

/** "1 tenant", "8,214 tenants". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countWords(count)} ${count === 1 ? one : many}`;
}

/** "34 %" and "3.4 %": without decimals unless under ten. */
export function percentWords(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = (part / whole) * 100;
  const text = share > 0 && share < 10 ? share.toFixed(1).replace(/\.0$/, '') : share.toFixed(0);
  return `${text} %`;
}

/** "48 MB". */
export function bytesWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const shown = unit > 0 && size < 10 ? size.toFixed(1) : size.toFixed(0);
  return `${shown} ${units[unit] ?? 'bytes'}`;
}

/** "40 s", "3 min", "1 h 20 min": a span that is still to come. */
export function spanWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
