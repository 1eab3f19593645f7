import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeySecret, newKeySecret, readKeySecret } from '../../controller/keys/key-secret.ts';
import { takeSnapshot } from '../../controller/keys/key-snapshot.ts';
import { decideRotation } from '../../controller/keys/rotation.ts';
import { ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { firstKey } from '../support/test-secrets.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const RULES = { renewPeriodMs: 0, cutoffAt: null, orderPriority: 'CertNotBefore', firstKey: 'create' } as const;

/** A request by one of a few people, a restart (which is nothing to pure functions), or the deletion of an older key Secret. */
type Step = { readonly kind: 'request'; readonly minutesAgo: number } | { readonly kind: 'delete-oldest' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('request' as const), minutesAgo: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ kind: fc.constant('delete-oldest' as const) }),
  ),
  { maxLength: 30 },
);

function secretOf(index: number, answers: string | undefined): KeySecret {
  const object = newKeySecret({ ...FIRST_KEY, name: `k${index}`, namespace: 'keys', answers });
  return readKeySecret({ ...object, metadata: { ...object.metadata, uid: `u${index}` } }, 'sealed-secrets-key');
}

/** A cluster with its key Secrets and the last request, and a controller that looks at it. */
class Cluster {
  made = 0;
  #secrets: KeySecret[] = [secretOf(0, undefined)];
  #requestObjects: KubeObject[] = [];

  request(atMs: number): void {
    const annotations = { [ROTATE_REQUESTED_ANNOTATION]: new Date(atMs).toISOString() };
    this.#requestObjects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'r', annotations } }];
  }

  deleteOldest(): void {
    if (this.#secrets.length > 1) this.#secrets.shift();
  }

  look(): void {
    const snapshot = takeSnapshot([{ secret: this.#secrets[0]!, key: firstKey, chainPem: '' }], {
      order: 'CertNotBefore',
      now: NOW,
    });
    const state = { snapshot, secrets: this.#secrets, requestObjects: this.#requestObjects };
    const decision = decideRotation({ ...state, now: NOW, rules: RULES });
    if (decision.kind !== 'issue') return;
    this.made += 1;
    this.#secrets = [...this.#secrets, secretOf(this.made, decision.answers)];
  }
}

/** How many requests of `script` are later than all before them. */
function countNews(script: readonly Step[]): number {
  const instants = script.flatMap((step) => (step.kind === 'request' ? [-step.minutesAgo] : []));
  return instants.filter((instant, index) => instants.slice(0, index).every((earlier) => earlier < instant)).length;
}

test('each request that is later than all before it makes exactly one key, and nothing else makes any', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const cluster = new Cluster();
      for (const step of script) {
        if (step.kind === 'delete-oldest') cluster.deleteOldest();
        else cluster.request(NOW.getTime() - step.minutesAgo * 60_000);
        // More often than anything happens, as after restarts and relists.
        for (let looks = 0; looks < 3; looks += 1) cluster.look();
      }
      expect(cluster.made).toBe(countNews(script));
    }),
  );
});
