/** Lets a screen answer to shortcuts while it is in sight. */
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Answer, ShortcutRegistry } from './registry';
import type { Shortcut, ShortcutId } from './shortcuts';

const RegistryContext = createContext<ShortcutRegistry | null>(null);

export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new ShortcutRegistry());
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (registry.handle(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

export function useRegistry(): ShortcutRegistry {
  const registry = use(RegistryContext);
  if (!registry) throw new Error('This screen stands outside of a ShortcutProvider');
  return registry;
}

/** Answers to a shortcut; `active` false lets the key pass. */
export function useShortcut(id: ShortcutId, answer: Answer, active = true) {
  const registry = useRegistry();
  const latest = useEffectEvent(answer);
  useEffect(() => {
    if (!active) return undefined;
    return registry.answer(id, () => latest());
  }, [registry, id, active]);
}

/** What can be done now. */
export function useAvailableShortcuts(): Shortcut[] {
  const registry = useRegistry();
  useSyncExternalStore(registry.subscribe, registry.snapshot);
  return registry.available();
}
