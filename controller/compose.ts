/** @module Builds the controller out of its parts. The only place that knows all of them. */
import { describeError } from '../shared/errors/describe-error.ts';
import { openRepository } from '../shared/git/open-repository.ts';
import type { KubeClient } from '../shared/kube/client.ts';
import { createKubeClient } from '../shared/kube/connect.ts';
import type { ClusterConnection } from '../shared/kube/connection.ts';
import { createInstalledRenderer } from '../shared/template/installed-engine.ts';
import type { WorkerRenderer } from '../shared/template/worker-renderer.ts';
import type { ControllerConfig } from './config/config.ts';
import { partialViewOf } from './config/partial-view.ts';
import { createEventRecorder, type KubeEventRecorder } from './events/kube-event-recorder.ts';
import { type Listener, listen } from './http/listen.ts';
import { createMetricsApp } from './http/metrics-app.ts';
import { createPublicApp } from './http/public-app.ts';
import type { RouteKeys } from './http/sealing-routes.ts';
import { loadDigestKey } from './keys/digest-key.ts';
import { KeyPart } from './keys/key-part.ts';
import { type KeySnapshot, NO_KEYS } from './keys/key-snapshot.ts';
import type { Logger } from './logging/logger.ts';
import { createMetrics, type Metrics } from './metrics/registry.ts';
import type { ControllerPart } from './reconcile-loop/controller-part.ts';
import { createUnsealPart } from './sealed-secrets/unseal-part.ts';
import { createSyncPart } from './sync/sync-part.ts';

/** What the world gives to a controller. */
export interface World {
  readonly config: ControllerConfig;
  readonly connection: ClusterConnection;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly random: () => number;
  /** How many processors there are to decrypt with. */
  readonly processors: number;
  readonly version: string;
  /** Folder of Git mirrors. */
  readonly cacheDirectory: string;
  /** The variables of the process, for git and, in a checkout, for the template engine. */
  readonly gitVariables: Readonly<Record<string, string | undefined>>;
}

/** A whole controller. */
export interface Controller {
  /** Opens the ports and starts the parts; a cluster that cannot be reached is waited for. @throws when a port is taken. */
  start(): Promise<{ readonly address: string; readonly metricsAddress: string }>;
  /** True when every part acts on the cluster's state. */
  isReady(): boolean;
  /** A line for each part that is not ready. */
  waitingFor(): readonly string[];
  /** Asks for a new sealing key, as SIGUSR1 does in sealed-secrets. Nothing happens where SealedSecrets are left alone. */
  renewKey(): void;
  /** Stops in order: no longer ready, parts, events, ports, connections. */
  stop(): Promise<void>;
}

/** Requests to the API server that are under way at once, watches aside. */
const MAX_SOCKETS = 32;
/** SealedSecrets that are worked on at once: enough to keep all processors decrypting while others wait for an answer. */
const UNSEAL_CONCURRENCY = 16;

/** SealedSecrets with slow templates that wait at once, so that they leave some of the turns of templates to quick ones. */
const MAX_SLOW_TEMPLATES = 4;

/** GitSyncs that are worked on at once: each may hold a git program and its objects. */
const SYNC_CONCURRENCY = 4;

/** The controller that `world.config` asks for, not yet started. */
export function composeController(world: World): Controller {
  const { config, logger, now } = world;
  const client = createKubeClient(world.connection, {
    now: () => now().getTime(),
    random: world.random,
    userAgent: `signet-controller/${world.version}`,
    maxSockets: MAX_SOCKETS,
    onWarning: (text) => logger.debug({ warning: text }, 'the API server warns'),
  });
  const metrics = createMetrics(world.version, config.metrics);
  metrics.followKubeRequests(() => client.requestCount());
  const busy: (() => boolean)[] = [];
  const isBusy = () => busy.some((ask) => ask());
  const events = createEventRecorder({ client, now, logger, metrics: metrics.events, isBusy });
  const renderer = createInstalledRenderer({
    variables: world.gitVariables,
    limits: { maxWaitingSlow: MAX_SLOW_TEMPLATES },
  });
  const core = { world, client, metrics, events, busy, renderer };
  const keys = config.unseal ? createKeys(core) : null;
  const parts: readonly ControllerPart[] = [
    ...(config.sync ? [createSync(core)] : []),
    ...(keys === null ? [] : [createUnsealer(core, keys), keys]),
  ];
  return new ComposedController({
    core,
    parts,
    keys: () => keys?.current() ?? NO_KEYS,
    renewKey: () => keys?.requestRotation(),
  });
}

interface Core {
  readonly world: World;
  readonly client: KubeClient;
  readonly metrics: Metrics;
  readonly events: KubeEventRecorder;
  /** Asked before events are written. */
  readonly busy: (() => boolean)[];
  readonly renderer: WorkerRenderer;
}

function createKeys({ world, client, metrics, events }: Core): KeyPart {
  const { config, logger, now, random } = world;
  return new KeyPart({
    client,
    namespace: config.namespace,
    config: config.keys,
    lanes: world.processors,
    now,
    random,
    logger: logger.child({ part: 'keys' }),
    metrics: metrics.keys,
    report: (regarding, reason, message) => events.record({ regarding, type: 'Warning', reason, message }),
    partialView: partialViewOf(config.unsealing),
  });
}

function createUnsealer({ world, client, metrics, events, busy, renderer }: Core, keys: KeyPart): ControllerPart {
  const { config, logger, now, random } = world;
  const unsealer = createUnsealPart({
    client,
    keys,
    loadDigestKey: () => loadDigestKey(client, config.namespace),
    config: config.unsealing,
    renderer,
    events,
    now,
    random,
    logger: logger.child({ part: 'unseal' }),
    metrics,
    concurrency: UNSEAL_CONCURRENCY,
  });
  busy.push(() => unsealer.isBusy());
  keys.followUsage(unsealer);
  return unsealer;
}

function createSync({ world, client, metrics, events }: Core): ControllerPart {
  const { config, logger, now, random } = world;
  return createSyncPart({
    client,
    openRepository: (request) =>
      openRepository({
        ...request,
        cacheDirectory: world.cacheDirectory,
        environment: world.gitVariables,
        allowHttp: config.allowHttpGit,
      }),
    controllerNamespace: config.namespace,
    loadDigestKey: () => loadDigestKey(client, config.namespace),
    events,
    now,
    nowMs: () => performance.now(),
    random,
    logger: logger.child({ part: 'sync' }),
    metrics,
    concurrency: SYNC_CONCURRENCY,
  });
}

/** What the routes of the public port work with; null while no key is loaded. */
function routeKeys({ keyring, active }: KeySnapshot): RouteKeys | null {
  return keyring.keys.length === 0 ? null : { keyring, certificate: active?.key.certificate ?? null };
}

interface ComposedParts {
  readonly core: Core;
  /** In the order in which they are stopped. */
  readonly parts: readonly ControllerPart[];
  readonly keys: () => KeySnapshot;
  readonly renewKey: () => void;
}

class ComposedController implements Controller {
  readonly #parts: ComposedParts;
  #listeners: readonly Listener[] = [];
  #isStopping = false;
  #started: Promise<unknown> = Promise.resolve();

  constructor(parts: ComposedParts) {
    this.#parts = parts;
  }

  start(): Promise<{ address: string; metricsAddress: string }> {
    const started = this.#open();
    // Whoever stops it meanwhile waits for this, or would leave open what is opened later.
    this.#started = started.catch(() => undefined);
    return started;
  }

  isReady(): boolean {
    return this.waitingFor().length === 0;
  }

  waitingFor(): readonly string[] {
    if (this.#isStopping) return ['the controller is stopping'];
    return this.#parts.parts.flatMap((part) => part.waitingFor() ?? []);
  }

  renewKey(): void {
    if (!this.#isStopping) this.#parts.renewKey();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#started;
    const { core, parts } = this.#parts;
    await Promise.all(parts.map((part) => part.stop()));
    await core.renderer.close();
    await core.events.stop();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    core.client.close();
  }

  async #open(): Promise<{ address: string; metricsAddress: string }> {
    const { core, parts } = this.#parts;
    const { config, logger } = core.world;
    const onError = (error: unknown) => logger.error({ error: describeError(error) }, 'a request failed');
    const opened = await listen(this.#publicApp(onError), config.listen, config.http);
    this.#listeners = [opened];
    const metricsOpened = await listen(createMetricsApp(core.metrics, onError), config.metricsListen);
    this.#listeners = [opened, metricsOpened];
    for (const part of parts) await part.start();
    return { address: opened.address, metricsAddress: metricsOpened.address };
  }

  #publicApp(onError: (error: unknown) => void): ReturnType<typeof createPublicApp> {
    const { core, keys } = this.#parts;
    const { http, unsealing } = core.world.config;
    return createPublicApp({
      certificatePem: () => keys().active?.chainPem ?? null,
      waitingFor: () => this.waitingFor(),
      onError,
      metrics: core.metrics.http,
      sealing: {
        keys: () => routeKeys(keys()),
        limits: { rate: http.rateLimit, burst: http.rateBurst },
        acceptV1: unsealing.acceptV1,
        nowMs: () => performance.now(),
      },
    });
  }
}
