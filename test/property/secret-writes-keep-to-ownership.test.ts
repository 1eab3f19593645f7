import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toReplacement, toUpsert } from '../../controller/sealed-secrets/desired-secret.ts';
import { contentOf, shapeOf } from '../../controller/sealed-secrets/secret-content.ts';
import { canonicalJson } from '../../shared/encoding/json.ts';
import { MANAGED_ANNOTATION } from '../../shared/resources/names.ts';
import type { KubeObject, OwnerReference } from '../../shared/resources/object-meta.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { desiredSecret, liveSealed, liveSecret, OWNER } from '../support/live-objects.ts';

const names = fc.oneof(
  fc.constantFrom('a', 'b', 'c', MANAGED_ANNOTATION, '__proto__', 'constructor', 'toString'),
  fc.stringMatching(/^[a-z]{1,4}$/),
);
const maps = fc
  .array(fc.tuple(names, fc.oneof(fc.stringMatching(/^[a-z]{0,3}$/), fc.constant('true'))), { maxLength: 5 })
  .map((entries): Record<string, string> => Object.fromEntries(new Map(entries)));
const foreign: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'c' };
const owners = fc.subarray([OWNER, foreign, { ...foreign, uid: 'd', controller: true }]).map((list) => {
  // The API server allows one controller.
  const controllers = list.filter((owner) => owner.controller);
  return controllers.length > 1 ? list.filter((owner) => owner.uid !== OWNER.uid) : list;
});
const lives = fc
  .record({ values: maps, labels: maps, annotations: maps, ownerReferences: owners })
  .map(({ values, ...metadata }) => liveSecret(values, metadata));
const desires = fc
  .record({ values: maps, labels: maps, annotations: maps })
  .map(({ values, ...metadata }) => desiredSecret(values, metadata));
const sealed = liveSealed();

const dataOf = (secret: KubeObject) => Object.entries((secret['data'] ?? {}) as object).sort();

/** What the server holds after the replacement, or after none was needed. */
const replaced = (desired: Secret, live: Secret): KubeObject => toReplacement(sealed, desired, live) ?? live;

test('a replacement makes data, labels and annotations exactly those that are wanted, and keeps every foreign owner', () => {
  fc.assert(
    fc.property(desires, lives, (desired, live) => {
      const after = replaced(desired, live);
      expect(dataOf(after)).toEqual(dataOf(desired));
      expect(Object.entries(after.metadata.labels ?? {}).sort()).toEqual(
        Object.entries(desired.metadata.labels ?? {}).sort(),
      );
      expect(Object.entries(after.metadata.annotations ?? {}).sort()).toEqual(
        Object.entries(desired.metadata.annotations ?? {}).sort(),
      );
      const uids = after.metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
      expect(uids).toContain(OWNER.uid);
      for (const owner of live.metadata.ownerReferences ?? []) expect(uids).toContain(owner.uid);
      expect(after.metadata.ownerReferences?.filter(({ controller }) => controller)).toHaveLength(1);
    }),
  );
});

test('a second replacement is not needed', () => {
  fc.assert(
    fc.property(desires, lives, (desired, live) => {
      expect(toReplacement(sealed, desired, replaced(desired, live))).toBeNull();
    }),
  );
});

test('an upsert touches no entry that is not wanted, and sends none that is there', () => {
  fc.assert(
    fc.property(desires, lives, (desired, live) => {
      const patch = toUpsert(sealed, desired, live);
      const before = new Map(dataOf(live));
      for (const [key, value] of Object.entries((patch?.['data'] ?? {}) as object)) {
        expect(new Map(dataOf(desired)).get(key)).toBe(value);
        expect(before.get(key)).not.toBe(value);
      }
      expect(JSON.stringify(patch ?? {})).not.toContain('null');
    }),
  );
});

test('what a replacement wrote is recognised again, whatever labels others add', () => {
  fc.assert(
    fc.property(desires, lives, maps, (desired, live, others) => {
      const template = {
        metadata: { labels: desired.metadata.labels ?? {}, annotations: desired.metadata.annotations ?? {} },
      };
      const shape = shapeOf(liveSealed({ template }), 'owned');
      const after = replaced(desired, live);
      const own = Object.entries(after.metadata.labels ?? {});
      const labels = Object.fromEntries([...Object.entries(others), ...own]);
      const touched = { ...after, metadata: { ...after.metadata, labels } };
      const sorted = (secret: KubeObject) => canonicalJson(contentOf(secret, shape));
      expect(sorted(touched)).toBe(sorted(after));
    }),
  );
});
