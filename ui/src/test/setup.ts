/** What jsdom does not have and the page needs: sizes, scrolling, observers. */
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

/** The height of a table's window in tests: twenty rows. */
export const VIEWPORT_PX = 640;
const WIDTH_PX = 1060;

class SteadyResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

// React Aria asks for it when a menu or a dialog opens.
vi.stubGlobal('CSS', { escape: (text: string) => text.replace(/[^\w-]/g, String.raw`\$&`) });
window.ResizeObserver = SteadyResizeObserver;
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), { media, matches: false, onchange: null }) as MediaQueryList;
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { get: () => VIEWPORT_PX },
  clientWidth: { get: () => WIDTH_PX },
});
Element.prototype.scrollTo = function scrollTo(this: Element, to?: unknown) {
  if (typeof to === 'object' && to !== null && 'top' in to) this.scrollTop = Number(to.top);
};
Element.prototype.scrollIntoView = () => {};

// A busy machine is no failure: nothing here asserts speed.
configure({ asyncUtilTimeout: 10_000 });

afterEach(() => {
  cleanup();
  window.location.hash = '';
});
