/** @module The controller's own Prometheus registry: every metric in one value, none in a global one. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { createHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import { createPeerMetrics, type PeerMetrics } from './peer-metrics.ts';
import { createReconcileMetrics, type ReconcileMetrics } from './reconcile-metrics.ts';
import {
  createEventMetrics,
  createKeyMetrics,
  createUnsealMetrics,
  type EventMetrics,
  type KeyMetrics,
  type UnsealMetrics,
} from './sealing-metrics.ts';
import { createSyncMetrics, type SyncMetrics } from './sync-metrics.ts';
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics.ts';

/** The metrics as they are served. */
export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

/** All metrics of the controller. */
export interface Metrics extends MetricsText {
  readonly reconcile: ReconcileMetrics;
  readonly unseal: UnsealMetrics;
  readonly keys: KeyMetrics;
  readonly events: EventMetrics;
  readonly sync: SyncMetrics;
  readonly peer: PeerMetrics;
  readonly http: HttpMetrics;
  readonly webhooks: WebhookMetrics;
  /** Reports `count` whenever metrics are read: the number of requests sent to the API server so far. */
  followKubeRequests(count: () => number): void;
}

/** Fresh metrics, all at zero. `omitSecretLabels` leaves out those that name single SealedSecrets. */
export function createMetrics(version: string, { omitSecretLabels = false } = {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const info = new Gauge({
    name: 'signet_build_info',
    help: 'Always 1; the label tells the version.',
    labelNames: ['version'],
    registers: [registry],
  });
  info.set({ version }, 1);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    reconcile: createReconcileMetrics(registry),
    unseal: createUnsealMetrics(registry),
    keys: createKeyMetrics(registry),
    events: createEventMetrics(registry),
    sync: createSyncMetrics(registry),
    peer: createPeerMetrics(registry, { version, omitSecretLabels }),
    http: createHttpMetrics(registry),
    webhooks: createWebhookMetrics(registry),
    followKubeRequests: (count) => followKubeRequests(registry, count),
  };
}

function followKubeRequests(registry: Registry, count: () => number): void {
  new Counter({
    name: 'signet_kube_requests_total',
    help: 'Requests sent to the API server.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(count());
    },
  });
}
