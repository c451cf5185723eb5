/** The one list of shortcuts: the handlers, the palette and the help sheet are all made from it. */

export type ShortcutGroup = 'Go to' | 'Anywhere' | 'In a table' | 'Act';

export interface Shortcut {
  id: ShortcutId;
  /** "mod+k", "?", or keys one after another: "g t". Several ways are several entries. */
  keys: readonly string[];
  title: string;
  group: ShortcutGroup;
  /** Offered in the palette when somebody answers to it. */
  palette: boolean;
}

export type ShortcutId =
  | 'palette'
  | 'help'
  | 'back'
  | 'go.overview'
  | 'go.tenants'
  | 'go.usage'
  | 'go.invoices'
  | 'go.log'
  | 'go.settings'
  | 'row.next'
  | 'row.previous'
  | 'row.pageDown'
  | 'row.pageUp'
  | 'row.first'
  | 'row.last'
  | 'row.open'
  | 'row.peek'
  | 'row.select'
  | 'search'
  | 'export'
  | 'sync.start'
  | 'sync.cancel'
  | 'sync.details'
  | 'completeness'
  | 'lock'
  | 'account.connect';

const entry = (
  id: ShortcutId,
  keys: string[],
  title: string,
  group: ShortcutGroup,
  palette: boolean,
): Shortcut => ({ id, keys, title, group, palette });

export const SHORTCUTS: readonly Shortcut[] = [
  entry('go.overview', ['g o'], 'Overview', 'Go to', true),
  entry('go.tenants', ['g t'], 'Tenants', 'Go to', true),
  entry('go.usage', ['g u'], 'Usage', 'Go to', true),
  entry('go.invoices', ['g i'], 'Invoices & credits', 'Go to', true),
  entry('go.log', ['g l'], 'Log', 'Go to', true),
  entry('go.settings', ['g s'], 'Settings', 'Go to', true),
  entry('palette', ['mod+k'], 'Go to, act, search', 'Anywhere', false),
  entry('search', ['/'], 'Search what is shown', 'Anywhere', false),
  entry('export', ['e'], 'Export what is shown', 'Anywhere', true),
  entry('back', ['Escape'], 'One step back', 'Anywhere', false),
  entry('help', ['?'], 'All shortcuts', 'Anywhere', true),
  entry('row.next', ['j', 'ArrowDown'], 'Next row', 'In a table', false),
  entry('row.previous', ['k', 'ArrowUp'], 'Previous row', 'In a table', false),
  entry('row.pageDown', ['PageDown'], 'One screen down', 'In a table', false),
  entry('row.pageUp', ['PageUp'], 'One screen up', 'In a table', false),
  entry('row.first', ['Home'], 'First row', 'In a table', false),
  entry('row.last', ['End'], 'Last row', 'In a table', false),
  entry('row.open', ['Enter'], 'Open', 'In a table', false),
  entry('row.peek', ['Space'], 'Peek beside the table', 'In a table', false),
  entry('row.select', ['x'], 'Select', 'In a table', false),
  entry('sync.start', [], 'Update from Stripe now', 'Act', true),
  entry('sync.cancel', [], 'Stop the update', 'Act', true),
  entry('sync.details', [], 'Show what was loaded, list by list', 'Act', true),
  entry('completeness', [], 'Show how whole the books are, and prove it', 'Act', true),
  entry('account.connect', [], 'Connect another account', 'Act', true),
  entry('lock', [], 'Lock the window', 'Act', true),
];
