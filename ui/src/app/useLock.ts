/** Locks the books, and notices when the desk locked them. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useHost } from './host';
import { markLocked } from './reads';

export function useLock() {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => host.lock(),
    onSuccess: () => markLocked(client),
  });
}

const TOUCH_EVERY_MS = 20_000;

/** Tells the desk that somebody is there; hears when nobody was for too long. */
export function useIdleLock(active: boolean) {
  const host = useHost();
  const client = useQueryClient();
  useEffect(() => {
    if (!active) return undefined;
    let touchedAt = Number.NEGATIVE_INFINITY;
    const touch = (event: Event) => {
      if (event.timeStamp - touchedAt < TOUCH_EVERY_MS) return;
      touchedAt = event.timeStamp;
      void host.touch();
    };
    const kinds = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;
    for (const kind of kinds) window.addEventListener(kind, touch, { passive: true });
    const stop = host.watchLock((locked) => {
      if (locked) void markLocked(client);
    });
    return () => {
      for (const kind of kinds) window.removeEventListener(kind, touch);
      stop();
    };
  }, [active, host, client]);
}
