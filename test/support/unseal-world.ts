/** @module A controller inside a test: the real composition on the run's API server, with a namespace for its keys and one for objects. */
import { inject, onTestFinished } from 'vitest';
import { composeController } from '../../controller/compose.ts';
import type { KeyConfig } from '../../controller/config/config.ts';
import { createLogger } from '../../controller/logging/pino-logger.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { CONFIG_MAPS, EVENTS, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { type KeyList, readKeyList } from '../../shared/resources/key-list.ts';
import { KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { Scope } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { controllerConfig } from './controller-config.ts';
import { type EventuallyOptions, eventually } from './eventually.ts';
import { encoded, keySecret } from './key-secret.ts';
import { conditionOf } from './live-secrets.ts';
import { freshNamespace } from './namespace.ts';
import type { TestKey } from './test-keys.ts';
import { FIRST_KEY } from './test-keys.ts';
import { firstCertificate, secretOf } from './test-secrets.ts';

/** A controller that was started. */
export interface RunningController {
  /** Addresses of the public and the metrics port, with scheme. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Every line that it has logged. */
  readonly logs: readonly string[];
  /** The value of a metric by its name with labels, as in `signet_x_total{a="b"}`; 0 when it is not there. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** How a controller is started. */
export interface StartOptions {
  readonly keys?: Partial<KeyConfig>;
  /** More flags. */
  readonly flags?: readonly string[];
  /** Default: the real time. */
  readonly now?: () => Date;
  /** Waits for readiness unless false. */
  readonly awaitReady?: boolean;
  /** The way to the API server; default: straight to it. */
  readonly kubeconfig?: string;
}

/** What is sealed beside values. */
export interface SealOptions {
  readonly name?: string;
  readonly scope?: Scope;
  readonly template?: SecretTemplate;
  readonly certificate?: typeof firstCertificate;
}

/** One test's world. */
export interface UnsealWorld {
  readonly client: KubeClient;
  /** Where SealedSecrets are created. */
  readonly namespace: string;
  readonly keyNamespace: string;
  start(options?: StartOptions): Promise<RunningController>;
  /** Starts a controller that looks at this namespace alone, so that what it counts is of this test. */
  startAlone(options?: StartOptions): Promise<RunningController>;
  /** Creates a key Secret of `key`. */
  addKey(name: string, key: TestKey): Promise<KubeObject>;
  /** A SealedSecret `db`, or `name`, of `values`, not yet created. */
  seal(values: Readonly<Record<string, string>>, options?: SealOptions): Promise<SealedSecret>;
  create(sealed: SealedSecret): Promise<SealedSecret>;
  /** Gives the SealedSecret of this name another spec and other annotations. */
  edit(sealed: SealedSecret): Promise<SealedSecret>;
  sealed(name?: string): Promise<SealedSecret>;
  secret(name?: string): Promise<Secret | null>;
  /** Waits until the Ready condition has `reason` for the present generation. */
  untilReason(reason: string, name?: string, options?: EventuallyOptions): Promise<SealedSecret>;
  /** Waits until the Secret holds exactly `values`. */
  untilValues(values: Readonly<Record<string, string>>, name?: string): Promise<Secret>;
  /** What the controller says of its keys. Rejects while it has said nothing. */
  keyList(): Promise<KeyList>;
  /** `reason: message` of each event on the SealedSecret. */
  events(name?: string): Promise<readonly string[]>;
}

/** A world that vanishes with the test. `keys` are there before any controller starts. */
export async function createUnsealWorld(keys: readonly TestKey[]): Promise<UnsealWorld> {
  const client = createKubeClient(await loadKubeconfig({ path: inject('kubeconfig'), env: {} }));
  onTestFinished(() => client.close());
  const namespace = await freshNamespace(client, 'unseal');
  const keyNamespace = await freshNamespace(client, 'keys');
  const addKey = (name: string, key: TestKey) => client.create(SECRETS, keySecret(keyNamespace, name, key));
  for (const [index, key] of keys.entries()) await addKey(`sealed-secrets-key-${index}`, key);
  const sealed = async (name = 'db'): Promise<SealedSecret> => {
    const object = await client.get(SEALED_SECRETS, { namespace, name });
    if (object === null) throw new Error(`there is no SealedSecret ${name}`);
    return object as SealedSecret;
  };
  const secret = async (name = 'db') => (await client.get(SECRETS, { namespace, name })) as Secret | null;
  const start = (options: StartOptions = {}) => startController(keyNamespace, options);
  return {
    client,
    namespace,
    keyNamespace,
    addKey,
    sealed,
    secret,
    start,
    startAlone: ({ flags = [], ...options } = {}) =>
      start({ ...options, flags: [`--additional-namespaces=${namespace}`, ...flags] }),
    seal: (values, options = {}) => sealIn(namespace, values, options),
    create: async (object) => (await client.create(SEALED_SECRETS, object)) as SealedSecret,
    // The controller writes the status at the same time, so the version may have moved on.
    edit: (object) =>
      eventually(async () => {
        const { resourceVersion } = (await sealed(object.metadata.name)).metadata;
        const edited = { ...object, metadata: { ...object.metadata, resourceVersion } } as SealedSecret;
        return (await client.replace(SEALED_SECRETS, edited)) as SealedSecret;
      }),
    untilReason: (reason, name, options) =>
      eventually(async () => {
        const object = await sealed(name);
        const isCurrent = object.status?.observedGeneration === object.metadata.generation;
        if (!isCurrent || conditionOf(object, 'Ready')?.reason !== reason) {
          throw new Error(JSON.stringify(object.status, null, 1));
        }
        return object;
      }, options),
    untilValues: (values, name) =>
      eventually(async () => {
        const object = await secret(name);
        const found = JSON.stringify(object?.data ?? null);
        if (object === null || found !== JSON.stringify(encoded(values))) throw new Error(`the Secret holds ${found}`);
        return object;
      }),
    keyList: async () => {
      const object = await client.get(CONFIG_MAPS, { namespace: keyNamespace, name: KEYS_CONFIG_MAP });
      const list = object === null ? null : readKeyList(object);
      if (list === null) throw new Error('no key list yet');
      return list;
    },
    events: async (name = 'db') => {
      const { items } = await client.list(EVENTS, { namespace, fieldSelector: `involvedObject.name=${name}` });
      return items.map((event) => `${event['reason']}: ${event['message']}`);
    },
  };
}

/** A world with {@link FIRST_KEY}, whose controller runs. */
export async function startedWorld(): Promise<UnsealWorld> {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  return world;
}

async function sealIn(
  namespace: string,
  values: Readonly<Record<string, string>>,
  { name = 'db', scope, template, certificate = firstCertificate }: SealOptions,
): Promise<SealedSecret> {
  const secret = secretOf(values, { metadata: { name, namespace } });
  const sealed = await sealSecret(secret, { certificate, ...(scope === undefined ? {} : { scope }) });
  return template === undefined ? sealed : { ...sealed, spec: { ...sealed.spec, template } };
}

async function startController(namespace: string, options: StartOptions): Promise<RunningController> {
  const logs: string[] = [];
  const config = controllerConfig(namespace, '--no-sync', ...(options.flags ?? []));
  const controller = composeController({
    config: {
      ...config,
      keys: { ...config.keys, bits: 2048, validForMs: 3_600_000 * 24 * 365, renewPeriodMs: 0, ...options.keys },
    },
    connection: await loadKubeconfig({ path: options.kubeconfig ?? inject('kubeconfig'), env: {} }),
    logger: createLogger({ level: 'debug', write: (line) => logs.push(line) }),
    now: options.now ?? (() => new Date()),
    random: Math.random,
    processors: 2,
    version: 'v0.0.0',
    cacheDirectory: '/nonexistent',
    gitVariables: process.env,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= controller.stop();
    return stopped;
  };
  onTestFinished(stop);
  const { address, metricsAddress } = await controller.start();
  if (options.awaitReady ?? true) {
    await eventually(() => {
      if (!controller.isReady()) throw new Error(`not ready: ${logs.join('')}`);
    });
  }
  return {
    url: `http://${address}`,
    metricsUrl: `http://${metricsAddress}`,
    logs,
    stop,
    metric: async (name) => {
      const text = await (await fetch(`http://${metricsAddress}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? 0);
    },
  };
}
