/** Finds the desk behind the page. */
import type { Host } from './host';

const KEPT = 'fake-scenario';

/** `?fake=offline` chooses made-up data; kept for the next reload, because the router's addresses
 * stand behind the hash and cannot share the query. */
function fakeScenario(): string | null {
  const given = new URLSearchParams(window.location.search).get('fake');
  if (given === null) return window.sessionStorage.getItem(KEPT);
  window.sessionStorage.setItem(KEPT, given);
  window.history.replaceState(null, '', window.location.pathname + window.location.hash);
  return given;
}

export async function findHost(now: number): Promise<Host> {
  if (__FAKE_ALLOWED__) {
    const scenario = fakeScenario();
    if (scenario !== null) {
      const { fakeHost, isScenario } = await import('./fake/fakeHost');
      return fakeHost({ scenario: isScenario(scenario) ? scenario : 'sample', now });
    }
  }
  const { tauriHost } = await import('./tauri');
  return tauriHost;
}
