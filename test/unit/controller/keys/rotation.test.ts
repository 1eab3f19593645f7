import { expect, test } from 'vitest';
import { type KeySecret, readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { type KeySnapshot, NO_KEYS, takeSnapshot } from '../../../../controller/keys/key-snapshot.ts';
import { decideRotation, findRefusedRequests, type RotationRules } from '../../../../controller/keys/rotation.ts';
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
  const metadata = { ...object.metadata, annotations, creationTimestamp: '2026-01-01T00:00:00Z' };
  return readKeySecret({ ...object, metadata }, 'sealed-secrets-key');
}

const RULES: RotationRules = { renewPeriodMs: 0, cutoffAt: null, orderPriority: 'CertNotBefore', firstKey: 'create' };

/** One key, valid from the beginning of 2026. */
const snapshot: KeySnapshot = takeSnapshot([{ secret: secretOf(), key: firstKey, chainPem: '' }], {
  order: 'CertNotBefore',
  now,
});

interface Overrides extends Partial<Omit<Parameters<typeof decideRotation>[0], 'rules'>>, Partial<RotationRules> {}

const decide = ({ snapshot: other, secrets, requestObjects, now: at, ...rules }: Overrides) =>
  decideRotation({
    snapshot: other ?? snapshot,
    secrets: secrets ?? [secretOf()],
    requestObjects: requestObjects ?? [],
    now: at ?? now,
    rules: { ...RULES, ...rules },
  });

/** The snapshot of one key Secret with this uid and these dates. */
function snapshotOf(uid: string, createdAt: string, notBefore: string, notAfter = '2099-01-01T00:00:00Z'): KeySnapshot {
  const object = keySecret('keys', 'k', FIRST_KEY);
  const secret = readKeySecret({ ...object, metadata: { ...object.metadata, uid, creationTimestamp: createdAt } }, 'p');
  const certificate = { ...firstKey.certificate, notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
  return takeSnapshot([{ secret, key: { ...firstKey, certificate }, chainPem: '' }], { order: 'CertNotBefore', now });
}

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

test('the wait ends when the key is due, or with the certificate if that comes first', () => {
  const { notBefore, notAfter } = firstKey.certificate;
  const decision = decide({ renewPeriodMs: 300 * DAY });
  const untilMs = decision.kind === 'wait' ? (decision.untilMs ?? 0) : 0;
  expect(untilMs).toBeGreaterThan(notBefore.getTime() + 285 * DAY);
  expect(untilMs).toBeLessThanOrEqual(notBefore.getTime() + 300 * DAY);
  expect(decide({ renewPeriodMs: 10 ** 6 * DAY })).toEqual({ kind: 'wait', untilMs: notAfter.getTime() });
});

test('a key is renewed up to a twentieth of the period early, never late, and after a restart at the same time', () => {
  const bornMs = Date.parse('2026-05-20T00:00:00Z');
  const dueOf = (uid: string) => {
    const decision = decide({
      snapshot: snapshotOf(uid, '2026-05-20T00:00:00Z', '2026-05-20T00:00:00Z'),
      renewPeriodMs: 100 * DAY,
    });
    return decision.kind === 'wait' ? (decision.untilMs ?? 0) - bornMs : Number.NaN;
  };
  const dues = Array.from({ length: 200 }, (_, index) => dueOf(`uid-${index}`));
  expect(Math.min(...dues)).toBeGreaterThanOrEqual(95 * DAY);
  expect(Math.min(...dues)).toBeLessThan(96 * DAY);
  expect(Math.max(...dues)).toBeLessThanOrEqual(100 * DAY);
  expect(Math.max(...dues)).toBeGreaterThan(99 * DAY);
  expect(dueOf('uid-7')).toBe(dues[7]);
});

test('the age of a key is counted from what orders it', () => {
  const brought = snapshotOf('u', '2026-05-31T00:00:00Z', '2024-01-01T00:00:00Z');
  expect(decide({ snapshot: brought, renewPeriodMs: 30 * DAY })).toMatchObject({ why: 'renewal' });
  expect(decide({ snapshot: brought, renewPeriodMs: 30 * DAY, orderPriority: 'SecretCreationTimestamp' }).kind).toBe(
    'wait',
  );
});

test('a key that a clock of the far future has dated is renewed by the age of its Secret', () => {
  const ahead = snapshotOf('u', '2026-04-01T00:00:00Z', '2036-04-01T00:00:00Z');
  expect(decide({ snapshot: ahead, renewPeriodMs: 30 * DAY })).toMatchObject({ why: 'renewal' });
  expect(decide({ snapshot: ahead, renewPeriodMs: 90 * DAY }).kind).toBe('wait');
});

test('a clock that is months ahead of the one that dates Secrets has a key renewed once, and not again as soon as it is made', () => {
  const ahead = new Date('2036-04-01T00:00:10Z');
  const made = snapshotOf('u', '2026-04-01T00:00:00Z', '2036-04-01T00:00:00Z');
  expect(decide({ snapshot: made, now: ahead, renewPeriodMs: 30 * DAY }).kind).toBe('wait');
  const afterIt = snapshotOf('u', '2026-04-01T00:00:00Z', '2036-04-01T00:00:11Z');
  expect(decide({ snapshot: afterIt, now: ahead, renewPeriodMs: 30 * DAY }).kind).toBe('wait');
});

test('without renewal only the end of the certificate is waited for, and once it is past, nothing', () => {
  const { notAfter } = firstKey.certificate;
  expect(decide({})).toEqual({ kind: 'wait', untilMs: notAfter.getTime() });
  expect(decide({ now: new Date('2999-01-01T00:00:00Z') })).toEqual({ kind: 'wait', untilMs: null });
});

test('a key that is older than the cut-off gets a successor, and one that is not gets none', () => {
  const cutoffAt = new Date('2026-03-01T00:00:00Z');
  expect(decide({ cutoffAt })).toEqual({ kind: 'issue', why: 'cut-off', answers: undefined });
  const young = snapshotOf('u', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z');
  expect(decide({ cutoffAt, snapshot: young }).kind).toBe('wait');
});

test('a key with an old certificate is older than the cut-off however new its Secret is, unless Secrets decide', () => {
  const cutoffAt = new Date('2026-03-01T00:00:00Z');
  const restored = snapshotOf('u', '2026-05-31T00:00:00Z', '2025-01-01T00:00:00Z');
  expect(decide({ cutoffAt, snapshot: restored })).toMatchObject({ why: 'cut-off' });
  expect(decide({ cutoffAt, snapshot: restored, orderPriority: 'SecretCreationTimestamp' }).kind).toBe('wait');
});

test('a key that was made for the cut-off satisfies it, also when the clock of the API server is behind', () => {
  const made = snapshotOf('u', '2026-02-28T23:00:00Z', '2026-03-01T00:00:00Z');
  const cutoffAt = new Date('2026-03-01T00:00:00.900Z');
  for (const orderPriority of ['CertNotBefore', 'SecretCreationTimestamp'] as const) {
    expect(decide({ cutoffAt, snapshot: made, orderPriority }).kind).toBe('wait');
  }
});

test('a cut-off in the future is waited for', () => {
  const cutoffAt = new Date('2026-07-01T00:00:00Z');
  expect(decide({ cutoffAt })).toEqual({ kind: 'wait', untilMs: cutoffAt.getTime() });
  expect(decide({ cutoffAt, now: cutoffAt })).toMatchObject({ why: 'cut-off' });
});

test('where no first key may be made none is, not even on request, and existing keys are renewed', () => {
  const requestObjects = [requestOf('2026-05-31T00:00:00Z')];
  expect(decide({ snapshot: NO_KEYS, secrets: [], requestObjects, firstKey: 'never' })).toEqual({ kind: 'keyless' });
  expect(decide({ firstKey: 'never', renewPeriodMs: 30 * DAY })).toMatchObject({ why: 'renewal' });
  expect(decide({ firstKey: 'never', requestObjects })).toMatchObject({ why: 'request' });
});

test('an expired key gets a successor at once, unless keys are not renewed by time', () => {
  const expired = snapshotOf('u', '2026-05-01T00:00:00Z', '2026-05-01T00:00:00Z', '2026-05-30T00:00:00Z');
  expect(decide({ snapshot: expired, renewPeriodMs: 300 * DAY })).toMatchObject({ why: 'renewal' });
  expect(decide({ snapshot: expired })).toEqual({ kind: 'wait', untilMs: null });
});
