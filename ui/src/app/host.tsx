/** Gives every screen the desk behind the page, and the time. */
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import type { Host } from '../host/host';

const HostContext = createContext<Host | null>(null);
const NowContext = createContext<number>(0);

/** The desk behind the page. */
export function useHost(): Host {
  const host = use(HostContext);
  if (!host) throw new Error('This screen stands outside of a HostProvider');
  return host;
}

/** UTC seconds, renewed twice a minute: for "2 hours ago". */
export const useNow = (): number => use(NowContext);

interface Props {
  host: Host;
  /** Reads the clock; tests give one that stands still. */
  clock: () => number;
  children: ReactNode;
}

const TICK_MS = 30_000;

export function HostProvider({ host, clock, children }: Props) {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock()), TICK_MS);
    return () => clearInterval(timer);
  }, [clock]);
  return (
    <HostContext value={host}>
      <NowContext value={now}>{children}</NowContext>
    </HostContext>
  );
}
