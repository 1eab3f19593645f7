/** @module Counts looks at SealedSecrets and their failures for the metrics of sealed-secrets, around a reconciler that knows nothing of them. */
import type { PeerErrorReason, PeerMetrics } from '../metrics/peer-metrics.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';
import { UNSEAL_FAILURE_REASONS, type UnsealReason } from './verdict.ts';

/** `reconciler`, with each look counted, and each that fails under the reason of its verdict in `store`. */
export function countUnseals(
  reconciler: Reconciler,
  store: Pick<SealedSecretStore, 'verdictOf'>,
  metrics: Pick<PeerMetrics, 'requested' | 'failed'>,
): Reconciler {
  return counting(reconciler, (request, outcome) => {
    metrics.requested();
    if (hasFailed(outcome)) metrics.failed(peerReasonOf(store.verdictOf(request)?.reason), request.namespace);
  });
}

/** `reconciler`, which writes status, with each failure counted. */
export function countStatusFailures(reconciler: Reconciler, metrics: Pick<PeerMetrics, 'failed'>): Reconciler {
  return counting(reconciler, (request, outcome) => {
    if (hasFailed(outcome)) metrics.failed('status', request.namespace);
  });
}

function counting(reconciler: Reconciler, count: (request: Request, outcome: Outcome) => void): Reconciler {
  return {
    reconcile: async (request, signal) => {
      const outcome = await reconciler.reconcile(request, signal);
      count(request, outcome);
      return outcome;
    },
  };
}

function hasFailed(outcome: Outcome): boolean {
  return outcome.kind === 'retry' || outcome.kind === 'stalled';
}

/** `reason` in the words of sealed-secrets. A failure without a verdict is one to reach the API server. */
function peerReasonOf(reason: UnsealReason | undefined): PeerErrorReason {
  if (reason === 'SecretExists') return 'unmanaged';
  return UNSEAL_FAILURE_REASONS.some((known) => known === reason) ? 'unseal' : 'update';
}
