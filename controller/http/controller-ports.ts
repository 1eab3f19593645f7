/** @module The ports of a controller: which application listens where, opened in order and closed together. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import type { ControllerConfig } from '../config/config.ts';
import type { KeySnapshot } from '../keys/key-snapshot.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics/registry.ts';
import type { WebhookInbox } from '../sync/webhook-inbox.ts';
import { type Listener, listen } from './listen.ts';
import { createMetricsApp } from './metrics-app.ts';
import { createPublicApp } from './public-app.ts';
import type { RouteKeys } from './sealing-routes.ts';
import { createWebhookPort } from './webhook-port.ts';

/** Where a controller listens; `webhookAddress` is absent where it receives no webhooks. */
export interface ControllerAddresses {
  readonly address: string;
  readonly metricsAddress: string;
  readonly webhookAddress?: string;
}

/** What the ports tell and take in. */
export interface ControllerPortsOptions {
  readonly config: ControllerConfig;
  readonly client: Pick<KubeReader, 'get'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  readonly keys: () => KeySnapshot;
  /** Where deliveries go; null where GitSyncs are left alone. */
  readonly inbox: Pick<WebhookInbox, 'find' | 'deliver'> | null;
  /** A line for each part of the controller that is not ready. */
  readonly waitingFor: () => readonly string[];
}

/** Ports that are closed until they are opened. */
export class ControllerPorts {
  readonly #options: ControllerPortsOptions;
  readonly #listeners: Listener[] = [];

  constructor(options: ControllerPortsOptions) {
    this.#options = options;
  }

  /** Opens all that the configuration asks for. @throws the system's error, such as EADDRINUSE; what was opened before it stays open. */
  async open(): Promise<ControllerAddresses> {
    const { config, metrics, inbox } = this.#options;
    const address = await this.#listen(this.#publicApp(), config.listen, config.http);
    const metricsAddress = await this.#listen(createMetricsApp(metrics, this.#onError), config.metricsListen);
    if (inbox === null || config.webhookListen === null) return { address, metricsAddress };
    const { client, logger, now, nowMs } = this.#options;
    const app = createWebhookPort({
      client,
      inbox,
      namespace: config.namespace,
      metrics: metrics.webhooks,
      logger: logger.child({ part: 'webhooks' }),
      now,
      nowMs,
      onError: this.#onError,
    });
    return { address, metricsAddress, webhookAddress: await this.#listen(app, config.webhookListen) };
  }

  /** Closes what was opened; answers under way have a second. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }

  async #listen(...words: Parameters<typeof listen>): Promise<string> {
    const listener = await listen(...words);
    this.#listeners.push(listener);
    return listener.address;
  }

  #publicApp(): ReturnType<typeof createPublicApp> {
    const { config, keys, waitingFor, metrics, nowMs } = this.#options;
    const { http, unsealing } = config;
    return createPublicApp({
      certificatePem: () => keys().active?.chainPem ?? null,
      waitingFor,
      onError: this.#onError,
      metrics: metrics.http,
      sealing: {
        keys: () => routeKeys(keys()),
        limits: { rate: http.rateLimit, burst: http.rateBurst },
        acceptV1: unsealing.acceptV1,
        nowMs,
      },
    });
  }

  readonly #onError = (error: unknown): void => {
    this.#options.logger.error({ error: describeError(error) }, 'a request failed');
  };
}

/** What the routes of the public port work with; null while no key is loaded. */
function routeKeys({ keyring, active }: KeySnapshot): RouteKeys | null {
  return keyring.keys.length === 0 ? null : { keyring, certificate: active?.key.certificate ?? null };
}
