/** The frame around every screen: rail, page, status line. */
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { HelpSheet } from '../keys/HelpSheet';
import { Palette } from '../keys/Palette';
import { useShortcut } from '../keys/useShortcut';
import { CompletenessSheet } from '../screens/completeness/CompletenessSheet';
import { SyncSheet } from '../screens/sync/SyncSheet';
import { useHost } from './host';
import { OfflineBar } from './OfflineBar';
import { Rail } from './Rail';
import { useStatus } from './reads';
import { StatusLine } from './StatusLine';
import { useLock } from './useLock';
import styles from './Frame.module.css';

export function Frame() {
  const host = useHost();
  const navigate = useNavigate();
  const status = useStatus();
  const lock = useLock();
  const [open, setOpen] = useState<'palette' | 'help' | 'sync' | 'completeness' | null>(null);
  const start = useMutation({ mutationFn: () => host.syncStart(false) });
  const cancel = useMutation({ mutationFn: () => host.syncCancel() });
  const phase = status?.progress.phase;
  const running = phase === 'loading' || phase === 'finishing';

  useShortcut('palette', () => setOpen(open === 'palette' ? null : 'palette'));
  useShortcut('help', () => setOpen('help'));
  useShortcut('go.overview', () => void navigate({ to: '/' }));
  useShortcut('go.tenants', () => void navigate({ to: '/tenants', search: {} }));
  useShortcut('go.usage', () => void navigate({ to: '/usage', search: {} }));
  useShortcut('go.invoices', () => void navigate({ to: '/invoices', search: {} }));
  useShortcut('go.log', () => void navigate({ to: '/log', search: {} }));
  useShortcut('go.settings', () => void navigate({ to: '/settings' }));
  useShortcut('account.connect', () => void navigate({ to: '/connect' }));
  useShortcut('sync.details', () => setOpen('sync'));
  useShortcut('completeness', () => setOpen('completeness'));
  useShortcut('sync.start', () => start.mutate(), !running);
  useShortcut('sync.cancel', () => cancel.mutate(), running);
  useShortcut('lock', () => lock.mutate());

  return (
    <div className={styles.frame}>
      <Rail />
      <main className={styles.main}>
        <OfflineBar />
        <Outlet />
      </main>
      <StatusLine
        onDetails={() => setOpen('sync')}
        onCompleteness={() => setOpen('completeness')}
        onPalette={() => setOpen('palette')}
      />
      {open === 'palette' ? <Palette onClose={() => setOpen(null)} /> : null}
      {open === 'help' ? <HelpSheet onClose={() => setOpen(null)} /> : null}
      {open === 'completeness' ? <CompletenessSheet onClose={() => setOpen(null)} /> : null}
      {open === 'sync' ? (
        <SyncSheet
          onClose={() => setOpen(null)}
          onStart={() => start.mutate()}
          onCancel={() => cancel.mutate()}
          startError={start.error}
        />
      ) : null}
    </div>
  );
}
