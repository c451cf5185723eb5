/** A proof that the person asked for: its progress and what it came to. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHost } from '../../app/host';
import type { ProofProgress, Proven, ProveRequest } from '../../host/types';

export const EVERYTHING: ProveRequest = { list: null, month: null, due: false };

export interface Proving {
  prove: (request: ProveRequest) => void;
  stop: () => void;
  busy: boolean;
  /** None: nothing runs. */
  progress: ProofProgress | null;
  proven: Proven | undefined;
  error: unknown;
}

const BEGUN: ProofProgress = { list: '', month: null, done: 0, of: 0 };

export function useProving(): Proving {
  const host = useHost();
  const client = useQueryClient();
  const [progress, setProgress] = useState<ProofProgress | null>(null);
  const prove = useMutation({
    mutationFn: (request: ProveRequest) => host.prove(request, setProgress),
    onMutate: () => setProgress(BEGUN),
    onSettled: async () => {
      setProgress(null);
      await client.invalidateQueries({ queryKey: ['books'] });
    },
  });
  return {
    prove: prove.mutate,
    stop: () => void host.proveStop(),
    busy: prove.isPending,
    progress: prove.isPending ? progress : null,
    proven: prove.data,
    error: prove.error,
  };
}
