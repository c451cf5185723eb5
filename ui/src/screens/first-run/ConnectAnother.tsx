/** Connecting one more account, from inside the window. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useHost } from '../../app/host';
import { readAnew, useApp } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import { Button } from '../../parts/Button';
import { Page, PageBody } from '../../parts/Page';
import { Failed } from '../../parts/States';
import { ConnectFlow } from './ConnectFlow';
import styles from './FirstRun.module.css';

export function ConnectAnother() {
  const host = useHost();
  const client = useQueryClient();
  const navigate = useNavigate();
  const app = useApp();
  const home = () => void navigate({ to: '/' });
  const done = async () => {
    await readAnew(client);
    await navigate({ to: '/' });
  };
  const sample = useMutation({ mutationFn: () => host.openSample(), onSuccess: done });
  const hasSample = app.accounts.some((account) => account.mode === 'sample');
  return (
    <Page title="Connect another account">
      <PageBody label="Connect another account">
        <div className={styles.inside}>
          <ConnectFlow onBack={home} onDone={() => void done()} />
          {hasSample ? null : (
            <p className={styles.quiet}>
              Or look at a made-up company:{' '}
              <Button small onPress={() => sample.mutate()}>
                Explore a sample company
              </Button>
            </p>
          )}
          {sample.error ? <Failed error={asDeskError(sample.error)} small /> : null}
        </div>
      </PageBody>
    </Page>
  );
}
