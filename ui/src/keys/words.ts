/** Keys as they are written on this machine's keyboard. */

const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
  PageDown: 'Page down',
  PageUp: 'Page up',
};

/** "Ctrl K", "g then t". */
export function keyWords(keys: string): string {
  return keys
    .split(' ')
    .map((key) =>
      key.startsWith('mod+') ? `Ctrl ${key.slice(4).toUpperCase()}` : (NAMES[key] ?? key),
    )
    .join(' then ');
}
