/** What is drawn first: the first run, the lock screen, or the frame. */
import { QueryClientProvider, useQuery, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useLayoutEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { asDeskError } from '../host/errors';
import type { Host } from '../host/host';
import type { AppState } from '../host/types';
import { ShortcutProvider } from '../keys/useShortcut';
import { Failed } from '../parts/States';
import { FirstRun } from '../screens/first-run/FirstRun';
import { Locked } from '../screens/lock/Locked';
import { HostProvider, useHost } from './host';
import { AppProvider, reads, useFocusTold, useStatusWatch } from './reads';
import type { makeRouter } from './router';
import { useIdleLock } from './useLock';

interface Props {
  host: Host;
  clock: () => number;
  client: QueryClient;
  router: ReturnType<typeof makeRouter>;
}

/** Puts the person's theme and row height on the page. */
function useAppearance(app: AppState | undefined) {
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    const theme = app?.settings.theme ?? 'system';
    if (theme === 'system') delete dataset['theme'];
    else dataset['theme'] = theme;
    if (app?.settings.comfortableRows) dataset['rows'] = 'comfortable';
    else delete dataset['rows'];
  }, [app]);
}

function Gate({ router }: Pick<Props, 'router'>) {
  const { data: app, error, refetch } = useQuery(reads.app(useHost()));
  useAppearance(app);
  const opened = app !== undefined && app.current !== null && !app.locked && !app.problem;
  const bare = app !== undefined && app.accounts.length === 0;
  useStatusWatch(opened);
  useFocusTold(opened);
  useIdleLock(opened);
  useEffect(() => {
    // The first account begins at its overview.
    if (bare) void router.navigate({ to: '/' });
  }, [bare, router]);
  if (error) return <Failed error={asDeskError(error)} onRetry={() => void refetch()} />;
  if (!app) return null;
  return (
    <AppProvider value={app}>
      {opened ? <RouterProvider router={router} /> : null}
      {bare ? <FirstRun /> : null}
      {opened || bare ? null : <Locked app={app} />}
    </AppProvider>
  );
}

export function App({ host, clock, client, router }: Props) {
  return (
    <I18nProvider locale="en-GB">
      <HostProvider host={host} clock={clock}>
        <QueryClientProvider client={client}>
          <ShortcutProvider>
            <Gate router={router} />
          </ShortcutProvider>
        </QueryClientProvider>
      </HostProvider>
    </I18nProvider>
  );
}
