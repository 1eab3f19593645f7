import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeyList, readKeyList, toKeyListData } from '../../../../shared/resources/key-list.ts';

const ENTRY = {
  fingerprint: 'SHA256:a',
  state: 'active',
  secret: 's',
  createdAt: '2026-01-01T00:00:00Z',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-01-01T00:00:00Z',
} as const;

const configMap = (data: unknown) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data });
const ofJson = (json: string) => readKeyList(configMap({ 'keys.json': json, 'certificates.pem': '' }));

test('a list reads back as it was written', () => {
  const list: KeyList = {
    keys: [
      { ...ENTRY, objects: 0, backedUpAt: '2026-01-02T00:00:00Z', rotateRequestedAt: '2026-01-01T00:00:00Z' },
      { ...ENTRY, state: 'retired', retiredAt: '2026-01-03T00:00:00Z' },
    ],
    unusable: [{ secret: 'u', problem: 'p', fingerprint: 'SHA256:b', objects: 1 }],
    missing: [{ fingerprint: 'SHA256:c', objects: 2 }],
    unopened: 3,
    problem: 'why',
    certificatesPem: 'pem',
  };
  expect(readKeyList(configMap(toKeyListData(list)))).toEqual(list);
});

test('a list of an earlier version, without counts, is read', () => {
  expect(ofJson(JSON.stringify({ keys: [ENTRY], unusable: [] }))).toEqual({
    keys: [ENTRY],
    unusable: [],
    certificatesPem: '',
  });
});

test.each([
  ['no data', undefined],
  ['no JSON', { 'keys.json': '{', 'certificates.pem': '' }],
  ['a list that is none', { 'keys.json': '{"keys":{}}', 'certificates.pem': '' }],
  ['no object', { 'keys.json': '[]', 'certificates.pem': '' }],
  ['no certificates', { 'keys.json': '{"keys":[]}' }],
])('a ConfigMap with %s holds no list', (_what, data) => {
  expect(readKeyList(configMap(data))).toBeNull();
});

test('entries that no controller wrote are left out', () => {
  const foreign = [null, 7, 'k', [], {}, { ...ENTRY, state: 'lost' }, { ...ENTRY, secret: 1 }];
  expect(ofJson(JSON.stringify({ keys: [...foreign, ENTRY], unusable: [{ secret: 's' }, null] }))).toMatchObject({
    keys: [ENTRY],
    unusable: [],
  });
  const counted = ofJson(JSON.stringify({ keys: [{ ...ENTRY, objects: -1 }], unopened: 0.5, problem: 1 }));
  expect(counted).toEqual({ keys: [ENTRY], unusable: [], certificatesPem: '' });
});

test('whatever the JSON is, reading it throws nothing', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const list = ofJson(json);
      expect(list === null || Array.isArray(list.keys)).toBe(true);
    }),
  );
});
