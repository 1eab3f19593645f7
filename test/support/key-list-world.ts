/** @module A namespace in which a controller seems to run: key Secrets, and a `signet-keys` that says what a test wants it to say. */
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { type KeyList, type SealingKeyEntry, toKeyListData } from '../../shared/resources/key-list.ts';
import { KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import { keySecret } from './key-secret.ts';
import { adminClient, freshNamespace } from './namespace.ts';
import type { TestKey } from './test-keys.ts';

/** Two keys of this test alone: `new-key` is active, `old-key` opens what was sealed to it. */
export interface KeyListWorld {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly active: SealingCertificate;
  readonly old: SealingCertificate;
  /** Writes `signet-keys` with both keys, changed by `more`. */
  publish(more?: PublishedChange): Promise<void>;
}

/** Fields with other values; undefined takes a field away. */
type Changed<Shape> = { readonly [Field in keyof Shape]?: Shape[Field] | undefined };

/** What `signet-keys` says beyond the two keys. */
export interface PublishedChange {
  readonly active?: Changed<SealingKeyEntry>;
  readonly old?: Changed<SealingKeyEntry>;
  readonly list?: Changed<Omit<KeyList, 'keys'>>;
}

/** Makes the world; by default nothing needs the old key, and both keys are backed up. */
export async function createKeyListWorld(): Promise<KeyListWorld> {
  const client = await adminClient();
  const namespace = await freshNamespace(client, 'keys');
  const [newKey, oldKey] = [await makeKey(), await makeKey()];
  const [active, old] = [await readCertificate(newKey.certificatePem), await readCertificate(oldKey.certificatePem)];
  await client.create(SECRETS, keySecret(namespace, 'new-key', newKey));
  await client.create(SECRETS, keySecret(namespace, 'old-key', oldKey));
  const entry = (certificate: SealingCertificate, more: Changed<SealingKeyEntry>) => ({
    fingerprint: certificate.fingerprint,
    state: 'active' as const,
    secret: 'new-key',
    createdAt: '2026-02-01T00:00:00Z',
    notBefore: '2026-02-01T00:00:00Z',
    notAfter: '2036-02-01T00:00:00Z',
    objects: 3,
    backedUpAt: '2026-02-03T00:00:00Z',
    ...more,
  });
  const publish = async ({ active: ofActive = {}, old: ofOld = {}, list = {} }: PublishedChange = {}) => {
    const olderKey = {
      secret: 'old-key',
      state: 'decrypt-only' as const,
      notBefore: '2026-01-01T00:00:00Z',
      objects: 0,
    };
    const keys = [entry(active, ofActive), entry(old, { ...olderKey, ...ofOld })];
    const said = { keys, unusable: [], unopened: 0, certificatesPem: active.pem, ...list };
    const data = toKeyListData(said as KeyList);
    const place = { namespace, name: KEYS_CONFIG_MAP };
    if ((await client.get(CONFIG_MAPS, place)) === null) {
      await client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: place, data });
    } else await client.mergePatch(CONFIG_MAPS, place, { data });
  };
  await publish();
  return { client, namespace, active, old, publish };
}

/** The tests of a run share one cluster, and SealedSecrets of other tests name the fixed test keys. */
function makeKey(): Promise<TestKey> {
  return issueSealingKey({ bits: 2048, validForMs: 365 * 24 * 3_600_000, now: new Date() });
}
