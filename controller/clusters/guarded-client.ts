/**
 * @module A client of a cluster that may vanish. Once a call found nobody there, others fail at once until it was seen again, so that
 * a thousand objects do not wait for a thousand deadlines.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors/describe-error.ts';
import { isKubeError, KubeError } from '../../shared/kube/errors.ts';
import { RefusedError, type SyncRefusal } from '../git-syncs/sync-refusal.ts';
import type { SyncClient } from './sync-client.ts';
import type { TargetClient } from './target-cluster.ts';

/** What guarding takes. */
export interface GuardedClientOptions {
  readonly client: TargetClient;
  /** Address of the cluster, for messages. */
  readonly address: string;
  readonly now: () => Date;
}

/** A whole answer to the smallest question takes milliseconds. */
const PROBE_MS = 10_000;
const PROBE = { method: 'GET', path: '/version', maxBytes: 64 * 1024, timeoutMs: PROBE_MS } as const;

/** Calls of one cluster, and whether there is anybody. */
export class GuardedClient {
  /** Hand this one on: its calls fail fast while the cluster is not there. Watches go on trying by themselves. */
  readonly calls: SyncClient;
  readonly #options: GuardedClientOptions;
  #isLost = false;
  #seenAt: Date | null = null;

  constructor(options: GuardedClientOptions) {
    const { client } = options;
    this.#options = options;
    this.calls = {
      get: (...words) => this.#call(() => client.get(...words)),
      list: (...words) => this.#call(() => client.list(...words)),
      create: (...words) => this.#call(() => client.create(...words)),
      replace: (...words) => this.#call(() => client.replace(...words)),
      mergePatch: (...words) => this.#call(() => client.mergePatch(...words)),
      apply: (...words) => this.#call(() => client.apply(...words)),
      delete: (...words) => this.#call(() => client.delete(...words)),
      findType: (...words) => this.#call(() => client.findType(...words)),
      findTypeOfGroup: (...words) => this.#call(() => client.findTypeOfGroup(...words)),
      listNamespacedTypes: () => this.#call(() => client.listNamespacedTypes()),
      watch: (...words) => client.watch(...words),
      refresh: () => client.refresh(),
    };
  }

  /** Asks the cluster whether it is there. @throws RefusedError; the signal's reason */
  async assertReachable(signal: AbortSignal): Promise<void> {
    const timer = new AbortController();
    const silence = delay(PROBE_MS, null, { signal: AbortSignal.any([timer.signal, signal]) }).catch(() => null);
    try {
      const answer = await Promise.race([this.#options.client.raw(PROBE), silence]);
      signal.throwIfAborted();
      if (answer === null) throw this.#unreachable('no answer within the time limit');
      if (answer.status === 401) throw refused('KubeConfigInvalid', 'poll', this.#notAccepted());
      this.#isLost = false;
      this.#seenAt = this.#options.now();
    } catch (error) {
      this.#isLost = true;
      if (!(error instanceof KubeError)) throw error;
      throw error.status === 0 && error.code !== 'KUBE_KUBECONFIG_INVALID'
        ? this.#unreachable(describeError(error))
        : refused('KubeConfigInvalid', 'poll', describeError(error));
    } finally {
      timer.abort();
    }
  }

  async #call<T>(send: () => Promise<T>): Promise<T> {
    if (this.#isLost) throw new KubeError('KUBE_UNREACHABLE', `cannot reach the cluster ${this.#options.address}`);
    try {
      return await send();
    } catch (error) {
      if (isKubeError(error, 'KUBE_UNREACHABLE', 'KUBE_TIMEOUT') && error.status === 0) this.#isLost = true;
      throw error;
    }
  }

  #unreachable(problem: string): RefusedError {
    const { address } = this.#options;
    const seen = this.#seenAt === null ? 'not seen since the controller started' : `last seen ${rfc3339(this.#seenAt)}`;
    return refused('ClusterUnreachable', 'retry', `cluster ${address} does not answer (${seen}): ${problem}`);
  }

  #notAccepted(): string {
    return `cluster ${this.#options.address} does not accept the credentials of spec.kubeConfig`;
  }
}

function refused(reason: SyncRefusal['reason'], outlook: SyncRefusal['outlook'], message: string): RefusedError {
  return new RefusedError({ reason, outlook, message, failures: [] });
}

function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
