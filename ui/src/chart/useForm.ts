/** How large a chart can be drawn in its place, and in which theme: what the desk is asked for. */
import { useCallback, useEffect, useState } from 'react';
import type { ChartForm } from '../host/types';

/** Widths are asked for in steps, so that a window that grows asks seldom. */
const STEP = 16;
const LEAST = 320;
const MOST = 1600;
/** A window that is being resized asks when it rests. */
const REST_MS = 120;

const DARK = '(prefers-color-scheme: dark)';

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'dark' || chosen === 'light') return chosen === 'dark';
  return window.matchMedia(DARK).matches;
}

/** Whether the page is dark, by the person's choice or the system's. */
function useDark(): boolean {
  const [dark, setDark] = useState(isDark);
  useEffect(() => {
    const look = () => setDark(isDark());
    const system = window.matchMedia(DARK);
    system.addEventListener('change', look);
    const chosen = new MutationObserver(look);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      system.removeEventListener('change', look);
      chosen.disconnect();
    };
  }, []);
  return dark;
}

const stepped = (width: number) => Math.min(MOST, Math.max(LEAST, Math.floor(width / STEP) * STEP));

/** The form of a chart as wide as the element that `place` is given to; null until it is known. */
export function useForm(height: number, usual: number) {
  const dark = useDark();
  const [width, setWidth] = useState<number | null>(null);
  const place = useCallback(
    (element: HTMLElement | null) => {
      if (!element) return undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const measure = () => setWidth(stepped(element.clientWidth || usual));
      measure();
      const resized = new ResizeObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(measure, REST_MS);
      });
      resized.observe(element);
      return () => {
        clearTimeout(timer);
        resized.disconnect();
      };
    },
    [usual],
  );
  const form: ChartForm | null = width === null ? null : { width, height, dark };
  return { place, form };
}
