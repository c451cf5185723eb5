/** The names of plans by their keys, as the catalogue has them today. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';

export function usePlanNames(): ReadonlyMap<string, string> {
  const plans = useQuery(reads.plans(useHost())).data;
  return useMemo(
    () =>
      new Map(
        plans?.plans.map((plan) => {
          const current = plan.versions.find((one) => one.current) ?? plan.versions.at(-1);
          return [plan.key, current?.name ?? plan.key];
        }),
      ),
    [plans],
  );
}
