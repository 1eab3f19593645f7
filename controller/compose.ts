/** @module Builds the controller out of its parts. The only place that knows all of them. */
import path from 'node:path';
import { openRepository } from '../shared/git/open-repository.ts';
import type { KubeClient } from '../shared/kube/client.ts';
import { createKubeClient } from '../shared/kube/connect.ts';
import type { ClusterConnection } from '../shared/kube/connection.ts';
import { createKustomizeBuilder } from '../shared/kustomize/kustomize-builder.ts';
import { createInstalledRenderer } from '../shared/template/installed-engine.ts';
import type { WorkerRenderer } from '../shared/template/worker-renderer.ts';
import { type ClientFactory, createClientFactory } from './clusters/open-client.ts';
import type { ControllerConfig } from './config/config.ts';
import { partialViewOf } from './config/partial-view.ts';
import { createEventRecorder, type KubeEventRecorder } from './events/kube-event-recorder.ts';
import { type ControllerAddresses, ControllerPorts } from './http/controller-ports.ts';
import { loadDigestKey } from './keys/digest-key.ts';
import { KeyPart } from './keys/key-part.ts';
import { type KeySnapshot, NO_KEYS } from './keys/key-snapshot.ts';
import type { Logger } from './logging/logger.ts';
import { createMetrics, type Metrics } from './metrics/registry.ts';
import type { ControllerPart } from './reconcile-loop/controller-part.ts';
import { KeyringPreflight } from './sealed-secrets/keyring-preflight.ts';
import { createUnsealPart, type UnsealPart } from './sealed-secrets/unseal-part.ts';
import { createSyncPart, type SyncPart } from './sync/sync-part.ts';

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
  start(): Promise<ControllerAddresses>;
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
/** Values that one key opens at once: with one for each, a processor would wait for this thread between two of them. */
const LANES_PER_PROCESSOR = 2;
/** SealedSecrets that are worked on at once: while a burst of Secrets is written and another one waits, the processors decrypt. */
const UNSEAL_CONCURRENCY = 80;

/** SealedSecrets with slow templates that wait at once, so that they leave some of the turns of templates to quick ones. */
const MAX_SLOW_TEMPLATES = 4;

/** GitSyncs that are worked on at once: each may hold a git program and its objects. */
const SYNC_CONCURRENCY = 4;

/** The controller that `world.config` asks for, not yet started. */
export function composeController(world: World): Controller {
  const { config, logger, now } = world;
  const clientOptions = {
    now: () => now().getTime(),
    random: world.random,
    userAgent: `signet-controller/${world.version}`,
    maxSockets: MAX_SOCKETS,
    onWarning: (text: string) => logger.debug({ warning: text }, 'the API server warns'),
  };
  const client = createKubeClient(world.connection, clientOptions);
  const metrics = createMetrics(world.version, config.metrics);
  const clients = createClientFactory(world.connection, clientOptions);
  metrics.followKubeRequests(() => client.requestCount() + clients.requestCount());
  const busy: (() => boolean)[] = [];
  const isBusy = () => busy.some((ask) => ask());
  const events = createEventRecorder({ client, now, logger, metrics: metrics.events, isBusy });
  const renderer = createInstalledRenderer({
    variables: world.gitVariables,
    limits: { maxWaitingSlow: MAX_SLOW_TEMPLATES },
  });
  const core = { world, client, clients, metrics, events, busy, renderer };
  const keys = config.unseal ? createKeys(core) : null;
  const unsealing = keys === null ? null : { keys, unsealer: createUnsealer(core, keys) };
  const sync = config.sync ? createSync(core, unsealing) : null;
  const parts: readonly ControllerPart[] = [
    ...(sync === null ? [] : [sync]),
    ...(unsealing === null ? [] : [unsealing.unsealer, unsealing.keys]),
  ];
  return new ComposedController({
    core,
    parts,
    sync,
    keys: () => keys?.current() ?? NO_KEYS,
    renewKey: () => keys?.requestRotation(),
  });
}

interface Core {
  readonly world: World;
  readonly client: KubeClient;
  /** For the objects of GitSyncs that name an account or a cluster. */
  readonly clients: ClientFactory;
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
    lanes: LANES_PER_PROCESSOR * world.processors,
    now,
    random,
    logger: logger.child({ part: 'keys' }),
    metrics: metrics.keys,
    report: (regarding, reason, message) => events.record({ regarding, type: 'Warning', reason, message }),
    partialView: partialViewOf(config.unsealing),
  });
}

function createUnsealer({ world, client, metrics, events, busy, renderer }: Core, keys: KeyPart): UnsealPart {
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

interface Unsealing {
  readonly keys: KeyPart;
  readonly unsealer: UnsealPart;
}

/** `unsealing` null: SealedSecrets are left to another controller, of whose keys nothing is known. */
function createSync({ world, client, clients, metrics, events }: Core, unsealing: Unsealing | null): SyncPart {
  const { config, logger, now, random } = world;
  return createSyncPart({
    client,
    openClient: (...words) => clients.open(...words),
    defaultServiceAccount: config.defaultServiceAccount,
    openRepository: (request) =>
      openRepository({
        ...request,
        cacheDirectory: world.cacheDirectory,
        environment: world.gitVariables,
        allowHttp: config.allowHttpGit,
      }),
    build: createKustomizeBuilder({
      program: config.kustomize === undefined ? undefined : path.resolve(config.kustomize),
      searchPath: world.gitVariables['PATH'],
      privateDirectory: path.join(world.cacheDirectory, 'kustomize'),
    }),
    controllerNamespace: config.namespace,
    loadDigestKey: () => loadDigestKey(client, config.namespace),
    ...(unsealing && { preflight: createPreflight(world, unsealing) }),
    isUnsealed: unsealing !== null && config.unsealing.updateStatus,
    events,
    now,
    nowMs: () => performance.now(),
    random,
    logger: logger.child({ part: 'sync' }),
    metrics,
    concurrency: SYNC_CONCURRENCY,
  });
}

function createPreflight({ config }: World, { keys, unsealer }: Unsealing): KeyringPreflight {
  return new KeyringPreflight({
    keys,
    config: config.unsealing,
    placesNear: (sealed) => unsealer.placesNear(sealed),
  });
}

interface ComposedParts {
  readonly core: Core;
  /** In the order in which they are stopped. */
  readonly parts: readonly ControllerPart[];
  /** Null where GitSyncs are left alone. */
  readonly sync: SyncPart | null;
  readonly keys: () => KeySnapshot;
  readonly renewKey: () => void;
}

class ComposedController implements Controller {
  readonly #parts: ComposedParts;
  readonly #ports: ControllerPorts;
  #isStopping = false;
  #started: Promise<unknown> = Promise.resolve();

  constructor(parts: ComposedParts) {
    const { core, keys, sync } = parts;
    this.#parts = parts;
    this.#ports = new ControllerPorts({
      ...core,
      ...core.world,
      nowMs: () => performance.now(),
      keys,
      inbox: sync?.webhooks ?? null,
      waitingFor: () => this.waitingFor(),
    });
  }

  start(): Promise<ControllerAddresses> {
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
    await this.#ports.close();
    core.client.close();
  }

  async #open(): Promise<ControllerAddresses> {
    const addresses = await this.#ports.open();
    for (const part of this.#parts.parts) await part.start();
    return addresses;
  }
}
