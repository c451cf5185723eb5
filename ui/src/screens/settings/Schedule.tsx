/** How old the proof of each list may grow. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { ProofAge } from '../../host/types';
import { Select } from '../../parts/Select';
import { Failed, Skeleton } from '../../parts/States';
import { countOf } from '../../words/numbers';
import styles from './Settings.module.css';

const DAY = 86_400;
const AGES = [1, 3, 7, 14, 30, 90].map((days) => days * DAY);

const daysWords = (seconds: number) =>
  seconds % DAY === 0 ? countOf(seconds / DAY, 'day') : countOf(Math.round(seconds / 3600), 'hour');

/** The usual age, those to choose from, and the one that holds. */
function choicesOf({ maxAgeSeconds, usualSeconds }: ProofAge) {
  const all = [...new Set([...AGES, maxAgeSeconds, usualSeconds])].sort((a, b) => a - b);
  return all.map((seconds) => ({
    value: String(seconds),
    words: `${daysWords(seconds)}${seconds === usualSeconds ? ', as usual' : ''}`,
  }));
}

export function Schedule() {
  const host = useHost();
  const client = useQueryClient();
  const schedule = useQuery(reads.proofSchedule(host));
  const change = useMutation({
    mutationFn: ({ list, age }: { list: string; age: number | null }) =>
      host.setProofAge(list, age),
    onSuccess: async (next) => {
      client.setQueryData(reads.proofSchedule(host).queryKey, next);
      await client.invalidateQueries({ queryKey: reads.completeness(host).queryKey });
    },
  });
  const error = change.error ?? schedule.error;
  return (
    <>
      <p className={styles.hint}>
        Older proofs are made anew in the background, the oldest first, within a daily share of the
        read budget. Until then the check is amber.
      </p>
      {error ? <Failed error={asDeskError(error)} small /> : null}
      {schedule.isPending ? <Skeleton lines={6} /> : null}
      <div className={styles.ages}>
        {schedule.data?.map((one) => (
          <Select
            key={one.list}
            label={one.words}
            choices={choicesOf(one)}
            value={String(one.maxAgeSeconds)}
            onChange={(seconds) =>
              change.mutate({
                list: one.list,
                age: Number(seconds) === one.usualSeconds ? null : Number(seconds),
              })
            }
          />
        ))}
      </div>
    </>
  );
}
