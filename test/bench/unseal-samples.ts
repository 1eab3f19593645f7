/** @module What the rows of the unsealer share: sample SealedSecrets, the clock around their unsealing, and what is read afterwards. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { importSealingKey, type SealingKey } from '../../shared/sealing/keyring.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import { eventually } from '../support/eventually.ts';
import { sampleSecrets } from './sample-objects.ts';

/** Where the samples live. */
export const NAMESPACE = 'bench';
/** Requests of the benchmark itself that are under way at once. */
export const IN_FLIGHT = 16;

/** Sum of a metric over all its labels. */
export function sumOf(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** The one sealing key in `namespace`, as soon as its controller has made it. */
export function firstKey(client: KubeClient, namespace: string): Promise<SealingKey> {
  return eventually(
    async () => {
      const labelSelector = 'sealedsecrets.bitnami.com/sealed-secrets-key=active';
      const [secret] = (await client.list(SECRETS, { namespace, labelSelector })).items as Secret[];
      if (!secret) throw new Error(`no key in ${namespace} yet`);
      const pem = (name: string) => Buffer.from(secret.data?.[name] ?? '', 'base64').toString('utf8');
      const createdAt = new Date(secret.metadata.creationTimestamp ?? 0);
      return importSealingKey({ privateKeyPem: pem('tls.key'), certificatePem: pem('tls.crt'), createdAt, lanes: 2 });
    },
    { timeoutMs: 60_000 },
  );
}

/** `count` SealedSecrets of two items each. */
export async function sealSamples(key: SealingKey, count: number): Promise<readonly SealedSecret[]> {
  const secrets = sampleSecrets(count, NAMESPACE);
  return Promise.all(secrets.map((secret) => sealSecret(secret, { certificate: key.certificate })));
}

/** From the creation of the SealedSecrets, as fast as the server takes them, until each has its Secret; milliseconds. */
export function timeUnsealing(client: KubeClient, sealed: readonly SealedSecret[]): Promise<number> {
  return timeUntilUnsealed(client, sealed.length, () => createAll(client, sealed));
}

/**
 * From the start of a controller, to which `sealed` are new, until each has its Secret; milliseconds. No controller runs before;
 * what an earlier one made of the same samples is removed first.
 */
export async function timeColdUnsealing(
  client: KubeClient,
  sealed: readonly SealedSecret[],
  start: () => Promise<unknown>,
): Promise<number> {
  for (const type of [SEALED_SECRETS, SECRETS]) {
    const { items } = await client.list(type, { namespace: NAMESPACE });
    await runLimited(items, { limit: IN_FLIGHT }, async ({ metadata: { name = '' } }) => {
      await client.delete(type, { namespace: NAMESPACE, name });
    });
  }
  await createAll(client, sealed);
  return timeUntilUnsealed(client, sealed.length, start);
}

function createAll(client: KubeClient, sealed: readonly SealedSecret[]): Promise<void> {
  return runLimited(sealed, { limit: IN_FLIGHT }, async (object) => {
    await client.create(SEALED_SECRETS, object);
  });
}

async function timeUntilUnsealed(client: KubeClient, count: number, begin: () => Promise<unknown>): Promise<number> {
  const seen = new Set<string>();
  const all = Promise.withResolvers<void>();
  const watch = client.watch(
    SECRETS,
    { namespace: NAMESPACE, metadataOnly: true },
    {
      onEvent: ({ kind, object }) => {
        if (kind === 'added') seen.add(object.metadata.name ?? '');
        if (seen.size >= count) all.resolve();
      },
      onSynced: () => undefined,
      onProblem: () => undefined,
    },
  );
  await watch.synced;
  const startedAt = performance.now();
  await begin();
  await all.promise;
  watch.stop();
  return performance.now() - startedAt;
}

/** Resolves when every sample's status says that it was unsealed. */
export function awaitAllSynced(client: KubeClient): Promise<void> {
  return eventually(
    async () => {
      const { items } = await client.list(SEALED_SECRETS, { namespace: NAMESPACE });
      const waiting = (items as SealedSecret[]).filter((item) => item.status?.conditions?.[0]?.status !== 'True');
      if (waiting.length > 0) throw new Error(`${waiting.length} are not Synced`);
    },
    { timeoutMs: 300_000, everyMs: 500 },
  );
}

/** resourceVersion of every sample Secret by name. */
export async function secretVersions(client: KubeClient): Promise<Map<string, string>> {
  const { items } = await client.list(SECRETS, { namespace: NAMESPACE, metadataOnly: true });
  return new Map(items.map((item) => [item.metadata.name ?? '', item.metadata.resourceVersion ?? '']));
}

/** How many of `after` have another version than in `before`. */
export function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  return [...after].filter(([name, version]) => before.get(name) !== version).length;
}
