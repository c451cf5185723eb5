/** Finds the desk behind the page. */
import type { Host } from './host';

export async function findHost(now: number): Promise<Host> {
  if (__FAKE_ALLOWED__) {
    const scenario = new URLSearchParams(window.location.search).get('fake');
    if (scenario !== null) {
      const { fakeHost, isScenario } = await import('./fake/fakeHost');
      return fakeHost({ scenario: isScenario(scenario) ? scenario : 'sample', now });
    }
  }
  const { tauriHost } = await import('./tauri');
  return tauriHost;
}
