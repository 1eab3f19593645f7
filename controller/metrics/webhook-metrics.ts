/** @module Counts of webhook deliveries. Nothing that a caller writes becomes a label. */
import { Counter, type Registry } from 'prom-client';

/**
 * What became of a delivery. `accepted`: GitSyncs are looked at; `unmatched`: none follows what it names; `ignored`: another event; `refused`: wrong
 * signature, or no such webhook; `unreadable`: authentic, and not of the form that it should have; `failed`: the token could not be read.
 */
export type DeliveryResult = 'accepted' | 'unmatched' | 'ignored' | 'ping' | 'refused' | 'unreadable' | 'failed';

/** What the webhook port reports. */
export interface WebhookMetrics {
  /** `provider` as the GitSync has it; null where there is no such webhook. */
  delivered(provider: string | null, result: DeliveryResult): void;
}

/** Webhook metrics in `registry`. */
export function createWebhookMetrics(registry: Registry): WebhookMetrics {
  const deliveries = new Counter({
    name: 'signet_webhook_deliveries_total',
    help: 'Webhook deliveries by provider and by what became of them.',
    labelNames: ['provider', 'result'],
    registers: [registry],
  });
  return {
    delivered: (provider, result) => deliveries.inc({ provider: provider ?? 'none', result }),
  };
}
