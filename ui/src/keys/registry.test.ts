import { beforeEach, describe, expect, test, vi } from 'vitest';
import { keyName, ShortcutRegistry } from './registry';
import { SHORTCUTS } from './shortcuts';
import { keyWords } from './words';

let clock = 0;
let registry: ShortcutRegistry;

beforeEach(() => {
  clock = 0;
  registry = new ShortcutRegistry(() => clock);
  document.body.innerHTML =
    '<input id="field"><button id="button">b</button><div role="dialog" id="sheet"></div>';
});

function press(key: string, options: KeyboardEventInit = {}, target: Element = document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, ...options });
  Object.defineProperty(event, 'target', { value: target });
  return registry.handle(event);
}

const part = (id: string) => {
  const found = document.querySelector(`#${id}`);
  if (!found) throw new Error(`no ${id}`);
  return found;
};

describe('the list', () => {
  test('gives every key to one shortcut', () => {
    const keys = SHORTCUTS.flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('has no key that begins a sequence of another', () => {
    const keys = SHORTCUTS.flatMap((one) => one.keys);
    const begun = keys.filter((one) => keys.some((other) => other.startsWith(`${one} `)));
    expect(begun).toEqual([]);
  });

  test('writes keys as the keyboard does', () => {
    expect(keyWords('mod+k')).toBe('Ctrl K');
    expect(keyWords('g t')).toBe('g then t');
    expect(keyWords('Escape')).toBe('Esc');
  });
});

describe('a key', () => {
  test('has one name', () => {
    expect(keyName(new KeyboardEvent('keydown', { key: ' ' }))).toBe('Space');
    expect(keyName(new KeyboardEvent('keydown', { key: 'K', metaKey: true }))).toBe('mod+k');
    expect(keyName(new KeyboardEvent('keydown', { key: 'Shift' }))).toBeNull();
  });

  test('runs the newest answer, and the one before when that one passes', () => {
    const page = vi.fn();
    const sheet = vi.fn(() => false);
    registry.answer('back', page);
    const leave = registry.answer('back', sheet);
    expect(press('Escape')).toBe(true);
    expect([sheet.mock.calls.length, page.mock.calls.length]).toEqual([1, 1]);
    leave();
    press('Escape');
    expect([sheet.mock.calls.length, page.mock.calls.length]).toEqual([1, 2]);
  });

  test('after g goes somewhere, unless it came too late', () => {
    const go = vi.fn();
    registry.answer('go.tenants', go);
    press('g');
    press('t');
    expect(go).toHaveBeenCalledTimes(1);
    press('g');
    clock += 5000;
    press('t');
    expect(go, 'the second key came five seconds later').toHaveBeenCalledTimes(1);
  });

  test('belongs to the field that is typed in, except Ctrl K', () => {
    const next = vi.fn();
    const palette = vi.fn();
    registry.answer('row.next', next);
    registry.answer('palette', palette);
    expect(press('j', {}, part('field'))).toBe(false);
    expect(press('k', { ctrlKey: true }, part('field'))).toBe(true);
    expect(next).not.toHaveBeenCalled();
  });

  test('belongs to an open dialog, and Enter to a focused button', () => {
    const open = vi.fn();
    registry.answer('row.open', open);
    expect(press('Enter', {}, part('button'))).toBe(false);
    expect(press('Enter', {}, part('sheet'))).toBe(false);
    expect(press('Enter')).toBe(true);
    expect(open).toHaveBeenCalledTimes(1);
  });
});

test('what nobody answers to is not offered', () => {
  expect(registry.available()).toEqual([]);
  const leave = registry.answer('export', () => {});
  expect(registry.available().map((one) => one.id)).toEqual(['export']);
  leave();
  expect(registry.available()).toEqual([]);
});
