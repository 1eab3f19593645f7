import { expect, test } from 'vitest';
import { claimsOf } from '../../../../controller/sealed-secrets/ownership.ts';
import {
  findRememberedVerdict,
  isDriftSuspected,
  obstacleOf,
  type Subject,
  wasUnsealedBefore,
} from '../../../../controller/sealed-secrets/remembered-verdict.ts';
import type { UnsealReason, Verdict } from '../../../../controller/sealed-secrets/verdict.ts';
import type { UnsealAttempt, UnsealedRecord } from '../../../../shared/resources/sealed-secret.ts';
import { liveSealed, liveSecret, OWNER } from '../../../support/live-objects.ts';

const claims = claimsOf(liveSecret({ a: '1' }, { ownerReferences: [OWNER] }).metadata);
const foreign = claimsOf(liveSecret({ a: '1' }).metadata);
const record: UnsealedRecord = {
  uid: 'secret-uid',
  resourceVersion: '20',
  sealedDigest: 'sealed',
  secretDigest: 'content',
  ownerDigest: 'owner',
  mode: 'owned',
  keys: ['SHA256:a'],
  keysProof: 'proof',
};
const attempt: UnsealAttempt = {
  sealedDigest: 'sealed',
  keysDigest: 'keys',
  secret: '',
  keys: ['SHA256:a'],
  proof: '',
};

function subjectOf(parts: Partial<Subject>): Subject {
  return {
    sealed: liveSealed(),
    claims,
    claimant: { uid: 'sealed-uid', hasClaimed: () => false },
    record: null,
    attempt: null,
    lastVerdict: undefined,
    sealedDigest: 'sealed',
    keysDigest: 'keys',
    driftMode: 'repair',
    ...parts,
  };
}

const find = (parts: Partial<Subject>, verified?: string) => findRememberedVerdict(subjectOf(parts), verified);
const failed = (reason: UnsealReason): Verdict => ({ state: 'stalled', reason, message: 'm', record: null, attempt });

test('an unchanged object with its Secret in place is unsealed', () => {
  expect(find({ record })).toMatchObject({ state: 'unsealed', reason: 'Unsealed', record });
});

test.each<[string, Partial<Subject>]>([
  ['an edited object', { record, sealedDigest: 'edited' }],
  ['another version of the Secret', { record: { ...record, resourceVersion: '19' } }],
  ['another Secret of the name', { record: { ...record, uid: 'other' } }],
  ['a Secret that has gone', { record, claims: null }],
  ['a Secret on its way out', { record, claims: { ...claims, isTerminating: true } }],
  ['no record', {}],
])('%s is worked on', (_what, parts) => {
  expect(find(parts)).toBeNull();
});

test('a version that was compared and found in order counts as the recorded one', () => {
  expect(find({ record: { ...record, resourceVersion: '19' } }, '20')).toMatchObject({ state: 'unsealed' });
  expect(find({ record: { ...record, resourceVersion: '19' } }, '21')).toBeNull();
});

test('a patched Secret of somebody else stays away when it is deleted, one of ours does not', () => {
  expect(find({ record: { ...record, mode: 'patched' }, claims: null })).toMatchObject({ state: 'unsealed' });
  expect(find({ record: { ...record, mode: 'shared' }, claims: null })).toBeNull();
});

test.each<UnsealReason>(['KeyNotFound', 'WrongScope', 'Malformed', 'TemplateFailed'])(
  '%s is remembered while object and keys stay',
  (reason) => {
    const lastVerdict = failed(reason);
    expect(find({ attempt, lastVerdict })).toMatchObject({ reason, message: 'm' });
    expect(find({ attempt, lastVerdict, keysDigest: 'more' })).toBeNull();
    expect(find({ attempt, lastVerdict, sealedDigest: 'edited' })).toBeNull();
    expect(find({ attempt, lastVerdict, claims: null })).toMatchObject({ reason });
  },
);

test('a blocked object stays blocked without a look at its items, until the Secret goes or is handed over', () => {
  const parts = { attempt, lastVerdict: { ...failed('SecretExists'), state: 'waiting' as const } };
  expect(find({ ...parts, claims: foreign })).toMatchObject({ state: 'waiting', reason: 'SecretExists' });
  expect(find({ ...parts, claims: { ...foreign, resourceVersion: '99' } })).not.toBeNull();
  expect(find({ ...parts, claims: { ...foreign, isManaged: true } })).toBeNull();
  expect(find({ ...parts, claims: null })).toBeNull();
});

test.each<UnsealReason>(['SecretImmutable', 'TypeRefused'])(
  '%s is remembered while the Secret in the way stays as it is',
  (reason) => {
    const parts = {
      attempt: { ...attempt, secret: obstacleOf(foreign) },
      lastVerdict: failed(reason),
      claims: foreign,
    };
    expect(find(parts)).toMatchObject({ reason });
    expect(find({ ...parts, claims: { ...foreign, resourceVersion: '21' } })).toBeNull();
    expect(find({ ...parts, claims: null })).toBeNull();
  },
);

test.each<UnsealReason>(['Forbidden', 'WriteFailed'])('%s is tried again', (reason) => {
  expect(find({ attempt, lastVerdict: failed(reason) })).toBeNull();
});

test('after a restart the status tells the failure', () => {
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'KeyNotFound',
    message: 'told',
    lastTransitionTime: '',
  } as const;
  const sealed = liveSealed({ status: { conditions: [condition] } });
  expect(find({ sealed, attempt })).toMatchObject({
    state: 'stalled',
    reason: 'KeyNotFound',
    message: 'told',
    attempt,
  });
  const unknown = liveSealed({ status: { conditions: [{ ...condition, reason: 'Whatever' }] } });
  expect(find({ sealed: unknown, attempt })).toBeNull();
  expect(
    find({ sealed: liveSealed({ status: { conditions: [{ ...condition, status: 'True' }] } }), attempt }),
  ).toBeNull();
});

test('drift is suspected only of the Secret that was written from the same content', () => {
  expect(isDriftSuspected(subjectOf({ record }))).toBe(true);
  expect(isDriftSuspected(subjectOf({ record, sealedDigest: 'edited' }))).toBe(false);
  expect(isDriftSuspected(subjectOf({ record: { ...record, uid: 'other' } }))).toBe(false);
  expect(isDriftSuspected(subjectOf({ record, claims: null }))).toBe(false);
  expect(isDriftSuspected(subjectOf({}))).toBe(false);
});

test('under ignore nothing that happens to the Secret is looked at', () => {
  for (const standing of [claims, foreign, null, { ...claims, resourceVersion: '99' }]) {
    expect(find({ record, claims: standing, driftMode: 'ignore' })).toMatchObject({ state: 'unsealed', record });
  }
  expect(find({ record, claims: null, driftMode: 'ignore', sealedDigest: 'edited' })).toBeNull();
});

const drifted: UnsealedRecord = { ...record, driftedVersion: '30', driftedDigest: 'd' };
const condition = { type: 'Drifted', status: 'True', reason: 'r', message: 'told', lastTransitionTime: '' } as const;

test('an edit that was reported is remembered for as long as the Secret stays at that version', () => {
  const edited = { ...claims, resourceVersion: '30' };
  const sealed = liveSealed({ status: { conditions: [condition] } });
  const parts = { record: drifted, claims: edited, sealed, driftMode: 'report' as const };
  expect(find(parts)).toMatchObject({ state: 'unsealed', drift: 'told', record: drifted });
  expect(find({ ...parts, driftMode: 'repair' })).toBeNull();
  expect(find({ ...parts, claims: { ...edited, resourceVersion: '31' } })).toBeNull();
  expect(find({ ...parts, claims: { ...edited, isTerminating: true } })).toBeNull();
  expect(find({ ...parts, sealed: liveSealed() })).toBeNull();
});

test('what was unsealed before is known from record, process or status', () => {
  const synced = { ...condition, type: 'Synced' };
  const status = { observedGeneration: 1, conditions: [synced] };
  const was = (parts: Partial<Subject>) => wasUnsealedBefore(subjectOf(parts));
  expect(was({ record })).toBe(true);
  expect(was({ record, sealedDigest: 'edited' })).toBe(false);
  expect(was({ sealed: liveSealed({ status }) })).toBe(true);
  expect(was({ sealed: liveSealed({ status }), lastVerdict: failed('WriteFailed') })).toBe(false);
  expect(was({ sealed: liveSealed({ status, metadata: { generation: 2 } }) })).toBe(false);
  expect(was({ sealed: liveSealed({ status: { ...status, conditions: 'x' as never } }) })).toBe(false);
  expect(was({})).toBe(false);
});
