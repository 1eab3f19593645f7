/** @module Counts of reconciles, for every kind alike. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How a reconcile ended, as a metric label. `panic` is a throw, which the loop treats as a retry. */
export type ReconcileResult = 'settled' | 'again' | 'retry' | 'stalled' | 'panic';

/** What the reconcile loop reports. */
export interface ReconcileMetrics {
  reconciled(kind: string, result: ReconcileResult, seconds: number): void;
  /** Number of objects that wait to be worked on now; delayed ones are not counted. */
  queueDepth(kind: string, depth: number): void;
}

/** Reconcile metrics in `registry`. */
export function createReconcileMetrics(registry: Registry): ReconcileMetrics {
  const registers = [registry];
  const total = new Counter({
    name: 'signet_reconcile_total',
    help: 'Reconciles by kind and result.',
    labelNames: ['kind', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'signet_reconcile_duration_seconds',
    help: 'Time that one reconcile took.',
    labelNames: ['kind'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  });
  const depth = new Gauge({
    name: 'signet_queue_depth',
    help: 'Objects that wait to be worked on now.',
    labelNames: ['kind'],
    registers,
  });
  return {
    reconciled(kind, result, seconds) {
      total.inc({ kind, result });
      duration.observe({ kind }, seconds);
    },
    queueDepth: (kind, waiting) => depth.set({ kind }, waiting),
  };
}
