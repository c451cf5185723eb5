/** How the account is followed in the background: paused, gone on with, when Stripe is asked next. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { Watch } from '../../host/types';
import { Button } from '../../parts/Button';
import { Ago } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Failed, Note } from '../../parts/States';
import { countOf, spanWords } from '../../words/numbers';
import styles from './SyncSheet.module.css';

function State({ watch }: { watch: Watch }) {
  if (watch.paused) return <Mark words="Paused" meaning="near" />;
  if (!watch.running) return <Mark words="Not followed" meaning="off" />;
  return <Mark words={`Every ${spanWords(watch.pollSeconds)}`} meaning="done" />;
}

export function Following() {
  const host = useHost();
  const client = useQueryClient();
  const { queryKey } = reads.watch(host);
  const watch = useQuery(reads.watch(host)).data;
  const change = useMutation({
    mutationFn: (paused: boolean) => host.setWatch(paused),
    onSuccess: (next) => client.setQueryData(queryKey, next),
  });
  if (!watch) return null;
  return (
    <section aria-label="In the background" className={styles.following}>
      <div className={styles.fact}>
        <span>
          In the background <State watch={watch} />
        </span>
        <Button small isDisabled={change.isPending} onPress={() => change.mutate(!watch.paused)}>
          {watch.paused ? 'Go on' : 'Pause'}
        </Button>
      </div>
      <p className={styles.quiet}>
        {watch.lastPollAt === null ? (
          'Stripe was not asked for events yet.'
        ) : (
          <>
            Events last read <Ago at={watch.lastPollAt} />
            {watch.nextPollAt === null ? '' : ', next '}
            {watch.nextPollAt === null ? null : <Ago at={watch.nextPollAt} />}.
          </>
        )}{' '}
        {watch.waitingEvents > 0 ? `${countOf(watch.waitingEvents, 'event')} to be applied.` : ''}
      </p>
      {watch.lastProblem ? <Note meaning="near">{watch.lastProblem}</Note> : null}
      {change.error ? <Failed error={asDeskError(change.error)} small /> : null}
    </section>
  );
}
