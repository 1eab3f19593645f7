import { expect, test } from 'vitest';
import { type KeySecret, readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { type KeySnapshot, NO_KEYS, takeSnapshot } from '../../../../controller/keys/key-snapshot.ts';
import { decideRotation, findRefusedRequests } from '../../../../controller/keys/rotation.ts';
import { ROTATE_REQUESTED_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';
import { firstKey } from '../../../support/test-secrets.ts';

const now = new Date('2026-06-01T00:00:00Z');
const DAY = 24 * 3_600_000;

function requestOf(at: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'r', annotations: { [ROTATE_REQUESTED_ANNOTATION]: at } },
  };
}

function secretOf(answers?: string): KeySecret {
  const object = keySecret('keys', 'k', FIRST_KEY);
  const annotations = answers === undefined ? {} : { [ROTATE_REQUESTED_ANNOTATION]: answers };
  return readKeySecret({ ...object, metadata: { ...object.metadata, annotations } }, 'sealed-secrets-key');
}

/** One key, valid from the beginning of 2026. */
const snapshot: KeySnapshot = takeSnapshot([{ secret: secretOf(), key: firstKey, chainPem: '' }], []);

const decide = (overrides: Partial<Parameters<typeof decideRotation>[0]>) =>
  decideRotation({ snapshot, secrets: [secretOf()], requestObjects: [], now, renewPeriodMs: 0, ...overrides });

test('without a key to seal to one is made, and it answers the request that waits', () => {
  expect(decide({ snapshot: NO_KEYS, secrets: [] })).toEqual({ kind: 'issue', why: 'first', answers: undefined });
  const requestObjects = [requestOf('2026-05-31T00:00:00Z')];
  expect(decide({ snapshot: NO_KEYS, secrets: [], requestObjects })).toMatchObject({ answers: '2026-05-31T00:00:00Z' });
});

test('a request that no key Secret records is answered', () => {
  expect(decide({ requestObjects: [requestOf('2026-05-31T00:00:00Z')] })).toEqual({
    kind: 'issue',
    why: 'request',
    answers: '2026-05-31T00:00:00Z',
  });
});

test.each(['2026-05-31T00:00:00Z', '2026-05-31T02:00:00+02:00', '2026-05-31T00:00:00.500Z'])(
  'a request is answered by a key Secret that records its instant or a later one: %s',
  (recorded) => {
    const decision = decide({
      requestObjects: [requestOf('2026-05-31T00:00:00Z')],
      secrets: [secretOf(), secretOf(recorded)],
    });
    expect(decision.kind).toBe('wait');
  },
);

test('a key Secret that records an instant of the far future answers no request', () => {
  const requestObjects = [requestOf('2026-05-31T00:00:00Z')];
  expect(decide({ requestObjects, secrets: [secretOf('9999-01-01T00:00:00Z')] })).toMatchObject({
    why: 'request',
    answers: '2026-05-31T00:00:00Z',
  });
});

test('the latest of several requests counts', () => {
  const requestObjects = [requestOf('2026-05-30T00:00:00Z'), requestOf('2026-05-31T00:00:00Z')];
  expect(decide({ requestObjects })).toMatchObject({ answers: '2026-05-31T00:00:00Z' });
});

test.each(['tomorrow', '2026-13-01T00:00:00Z', '2026-05-31', '1748649600', ''])(
  'an unreadable request %j is refused',
  (at) => {
    const requestObjects = [requestOf(at)];
    expect(decide({ requestObjects }).kind).toBe('wait');
    expect(findRefusedRequests(requestObjects, now)).toHaveLength(1);
  },
);

test('a request from the future is refused: it would stand in the way of all later ones', () => {
  const requestObjects = [requestOf('2999-01-01T00:00:00Z')];
  expect(decide({ requestObjects }).kind).toBe('wait');
  expect(findRefusedRequests(requestObjects, now)[0]?.problem).toContain('future');
});

test('a clock that is a little ahead is no reason to refuse', () => {
  expect(decide({ requestObjects: [requestOf('2026-06-01T00:05:00Z')] }).kind).toBe('issue');
});

test('a key is renewed when it reaches its age, and carries the answered request on', () => {
  const secrets = [secretOf('2026-05-31T00:00:00Z')];
  expect(decide({ renewPeriodMs: 30 * DAY, secrets })).toEqual({
    kind: 'issue',
    why: 'renewal',
    answers: '2026-05-31T00:00:00Z',
  });
});

test('the wait ends at the age of renewal, or with the certificate if that comes first', () => {
  const { notBefore, notAfter } = firstKey.certificate;
  expect(decide({ renewPeriodMs: 300 * DAY })).toEqual({ kind: 'wait', untilMs: notBefore.getTime() + 300 * DAY });
  expect(decide({ renewPeriodMs: 10 ** 6 * DAY })).toEqual({ kind: 'wait', untilMs: notAfter.getTime() });
});

test('a period of 0 never renews', () => {
  expect(decide({ now: new Date('2999-01-01T00:00:00Z') })).toEqual({ kind: 'wait', untilMs: null });
});
