/** Who answers to which shortcut now. The newest answer wins; a sheet answers before its page. */
import { SHORTCUTS, type Shortcut, type ShortcutId } from './shortcuts';

/** True when the key was used up; false lets an earlier answer have it. */
export type Answer = () => boolean | void;

/** Keys that belong to a button or a link when one has the focus. */
const CONTROL_KEYS = new Set(['Enter', 'Space']);
/** Time to press the second key of "g t". */
const SEQUENCE_MS = 1200;

const FIELDS = 'input, textarea, select, [contenteditable="true"]';
const OWN_KEYS =
  '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], [role="tablist"], ' +
  '[role="radiogroup"]';
const CONTROLS = 'button, a[href], summary, [role="button"], [role="tab"]';

/** The name of a key as the list of shortcuts writes it; null for a modifier alone. */
export function keyName(event: KeyboardEvent): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return null;
  const name = event.key === ' ' ? 'Space' : event.key;
  const modified = event.ctrlKey || event.metaKey;
  if (event.altKey) return null;
  return modified ? `mod+${name.toLowerCase()}` : name;
}

export class ShortcutRegistry {
  private readonly answers = new Map<ShortcutId, Answer[]>();
  private readonly listeners = new Set<() => void>();
  private pending: { key: string; until: number } | null = null;
  private version = 0;

  constructor(private readonly clockMs: () => number = () => performance.now()) {}

  /** Answers to a shortcut until the function that it gives back is called. */
  answer(id: ShortcutId, answer: Answer): () => void {
    this.answers.set(id, [...(this.answers.get(id) ?? []), answer]);
    this.changed();
    return () => {
      const left = (this.answers.get(id) ?? []).filter((one) => one !== answer);
      this.answers.set(id, left);
      this.changed();
    };
  }

  /** Runs the newest answer that takes it. */
  run(id: ShortcutId): boolean {
    const answers = this.answers.get(id) ?? [];
    for (const answer of answers.toReversed()) {
      if (answer() !== false) return true;
    }
    return false;
  }

  /** What can be done now, for the palette. */
  available(): Shortcut[] {
    return SHORTCUTS.filter(({ id }) => (this.answers.get(id)?.length ?? 0) > 0);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes with every new or left answer. */
  snapshot = (): number => this.version;

  /** Gives a key to whoever answers to it; true when somebody did. */
  handle(event: KeyboardEvent): boolean {
    const name = keyName(event);
    if (event.defaultPrevented || name === null || this.belongsElsewhere(event, name)) return false;
    const now = this.clockMs();
    const before = this.pending && this.pending.until > now ? this.pending.key : null;
    this.pending = null;
    const whole = before === null ? name : `${before} ${name}`;
    const match = SHORTCUTS.find(({ keys }) => keys.includes(whole));
    if (match) return this.run(match.id);
    if (SHORTCUTS.some(({ keys }) => keys.some((one) => one.startsWith(`${name} `)))) {
      this.pending = { key: name, until: now + SEQUENCE_MS };
      return true;
    }
    return false;
  }

  private belongsElsewhere(event: KeyboardEvent, name: string): boolean {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return false;
    if (name === 'mod+k') return false;
    if (target.closest(OWN_KEYS)) return true;
    if (target.closest(FIELDS)) return true;
    if (name.startsWith('Arrow') || CONTROL_KEYS.has(name)) {
      return target.closest(CONTROLS) !== null;
    }
    return false;
  }

  private changed() {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
