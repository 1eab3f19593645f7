import { expect, test } from 'vitest';
import {
  isConditionNews,
  isResultNews,
  isStatusNews,
  newlyTrue,
  progressingStatus,
  statusOf,
  syncedBefore,
} from '../../../../controller/sealed-secrets/sealed-secret-status.ts';
import type { UnsealReason, Verdict } from '../../../../controller/sealed-secrets/verdict.ts';
import type { SealedSecretStatus } from '../../../../shared/resources/sealed-secret.ts';
import { allAgree, type Grade, gradesOf } from '../../../support/health-graders.ts';
import { liveSealed } from '../../../support/live-objects.ts';

const UNSEALED: Verdict = { state: 'unsealed', reason: 'Unsealed', message: '', record: null, attempt: null };
const STALLED: Verdict = { state: 'stalled', reason: 'KeyNotFound', message: 'no key', record: null, attempt: null };
const WAITING: Verdict = { state: 'waiting', reason: 'SecretExists', message: 'taken', record: null, attempt: null };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

const write = (status: SealedSecretStatus | undefined, verdict: Verdict, second: number, generation = 1) =>
  statusOf(liveSealed({ metadata: { generation }, ...(status && { status }) }), verdict, {
    now: at(second),
    before: null,
  });

const read = (status: SealedSecretStatus) =>
  Object.fromEntries((status.conditions ?? []).map(({ type, status: truth, reason }) => [type, `${truth} ${reason}`]));

test('Synced stands first, and the four conditions say what became of it', () => {
  expect(write(undefined, UNSEALED, 0).conditions?.[0]?.type).toBe('Synced');
  expect(read(write(undefined, UNSEALED, 0))).toEqual({
    Synced: 'True Unsealed',
    Ready: 'True Unsealed',
    Reconciling: 'False Unsealed',
    Stalled: 'False Unsealed',
  });
  expect(read(write(undefined, STALLED, 0))).toEqual({
    Synced: 'False KeyNotFound',
    Ready: 'False KeyNotFound',
    Reconciling: 'False KeyNotFound',
    Stalled: 'True KeyNotFound',
  });
  expect(read(write(undefined, WAITING, 0))).toEqual({
    Synced: 'False SecretExists',
    Ready: 'False SecretExists',
    Reconciling: 'False SecretExists',
    Stalled: 'True SecretExists',
  });
});

test('the first write has equal times; later ones move lastUpdateTime, and the transition only with the truth', () => {
  const times = (status: SealedSecretStatus) => [
    status.conditions?.[0]?.lastTransitionTime,
    status.conditions?.[0]?.lastUpdateTime,
  ];
  const first = write(undefined, UNSEALED, 0);
  expect(new Set(times(first)).size).toBe(1);
  const second = write(first, UNSEALED, 5);
  expect(times(second)).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z']);
  expect(times(write(second, STALLED, 9))).toEqual(['2026-01-01T00:00:09Z', '2026-01-01T00:00:09Z']);
});

test('a new generation is announced only over an older result', () => {
  expect(progressingStatus(liveSealed(), at(0))).toBeNull();
  expect(progressingStatus(liveSealed({ status: { observedGeneration: -1 } }), at(0))).toBeNull();
  const status = write(undefined, UNSEALED, 0);
  expect(progressingStatus(liveSealed({ status }), at(1))).toBeNull();
  const announced = progressingStatus(liveSealed({ metadata: { generation: 2 }, status }), at(1));
  expect(announced?.lastSynced).toBe('True');
  expect(announced?.observedGeneration).toBeUndefined();
  expect(read(announced ?? {})).toEqual({
    Synced: 'Unknown Progressing',
    Ready: 'Unknown Progressing',
    Reconciling: 'True Progressing',
    Stalled: 'False Progressing',
  });
});

test('what Synced was before Unknown is known from the status', () => {
  const status = write(undefined, STALLED, 0);
  const announced = { ...status, ...progressingStatus(liveSealed({ metadata: { generation: 2 }, status }), at(1)) };
  expect(syncedBefore(liveSealed({ status: announced }))).toBe('False');
  expect(syncedBefore(liveSealed())).toBeNull();
  expect(syncedBefore(liveSealed({ status: { lastSynced: 'maybe' as never } }))).toBeNull();
});

test('conditions of others are kept, after ours', () => {
  const foreign = { type: 'Blessed', status: 'True', reason: 'R', message: '', lastTransitionTime: 't' } as const;
  const status = write({ conditions: [foreign] }, UNSEALED, 0);
  expect(status.conditions?.map(({ type }) => type)).toEqual(['Synced', 'Ready', 'Reconciling', 'Stalled', 'Blessed']);
});

test('a status with other times says nothing new; another message, record or generation does', () => {
  const first = write(undefined, STALLED, 0);
  const sealed = liveSealed({ status: first });
  expect(isStatusNews(sealed, write(first, STALLED, 60))).toBe(false);
  expect(isStatusNews(sealed, write(first, { ...STALLED, message: 'other' }, 60))).toBe(true);
  expect(isStatusNews(sealed, write(first, STALLED, 60, 2))).toBe(true);
  const attempt = { sealedDigest: 'a', keysDigest: 'b', secret: '', proof: 'p' };
  const withAttempt = write(first, { ...STALLED, attempt }, 60);
  expect(isStatusNews(sealed, withAttempt)).toBe(true);
  expect(isConditionNews(sealed, withAttempt)).toBe(false);
});

test('a message longer than a status should carry is cut', () => {
  const message = write(undefined, { ...STALLED, message: 'x'.repeat(10_000) }, 0).conditions?.[0]?.message;
  expect(message?.length).toBe(2_000);
});

test('a status that is none is taken for empty', () => {
  const sealed = liveSealed({ status: { conditions: 'nonsense' } as never });
  expect(read(statusOf(sealed, UNSEALED, { now: at(0), before: null }))).toMatchObject({ Synced: 'True Unsealed' });
});

const outcomes: readonly [UnsealReason, Verdict['state'], Grade][] = [
  ['Unsealed', 'unsealed', 'healthy'],
  ['KeyNotFound', 'stalled', 'failed'],
  ['WrongScope', 'stalled', 'failed'],
  ['Malformed', 'stalled', 'failed'],
  ['TemplateFailed', 'stalled', 'failed'],
  ['TemplateFailed', 'waiting', 'failed'],
  ['TypeRefused', 'stalled', 'failed'],
  ['SecretImmutable', 'stalled', 'failed'],
  ['SecretExists', 'waiting', 'failed'],
  ['Forbidden', 'waiting', 'failed'],
  ['WriteFailed', 'waiting', 'failed'],
];

test.each(outcomes)('Argo CD, kstatus and Flux agree on %s (%s): %s', (reason, state, grade) => {
  const verdict: Verdict = { state, reason, message: 'm', record: null, attempt: null };
  for (const drift of state === 'unsealed' ? [undefined, 'changed'] : [undefined]) {
    const status = write(undefined, { ...verdict, ...(drift && { drift }) }, 0);
    const told = liveSealed({ status });
    expect(gradesOf(told)).toEqual(allAgree(grade));
    // What sealed-secrets' definition stores of it.
    const { observedGeneration, conditions = [] } = status;
    expect(gradesOf(liveSealed({ status: { observedGeneration: observedGeneration ?? 0, conditions } }))).toEqual(
      allAgree(grade),
    );
    const edited = liveSealed({ metadata: { generation: 2 }, status });
    const announced = { ...status, ...progressingStatus(edited, at(1)) };
    expect(gradesOf({ ...edited, status: announced })).toEqual(allAgree('progressing'));
  }
});

test('an object without a result progresses for all where the definition has a default for the status', () => {
  expect(gradesOf(liveSealed({ status: { observedGeneration: -1 } }))).toEqual(allAgree('progressing'));
});

test('a reported edit adds a condition, which ends as False and never goes', () => {
  const drifted = write(undefined, { ...UNSEALED, drift: 'changed by "x"' }, 0);
  expect(drifted.conditions?.at(-1)).toMatchObject({ type: 'Drifted', status: 'True', message: 'changed by "x"' });
  const repaired = write(drifted, UNSEALED, 1);
  expect(repaired.conditions?.at(-1)).toMatchObject({ type: 'Drifted', status: 'False', message: '' });
  expect(newlyTrue(liveSealed(), drifted, 'Drifted')).toBe('changed by "x"');
  expect(
    newlyTrue(liveSealed({ status: drifted }), write(drifted, { ...UNSEALED, drift: 'changed by "x"' }, 2), 'Drifted'),
  ).toBeNull();
  expect(newlyTrue(liveSealed({ status: drifted }), repaired, 'Drifted')).toBeNull();
});

test('a status of sealed-secrets that is completed is no news to people', () => {
  const synced = { type: 'Synced', status: 'True', lastTransitionTime: 't' } as const;
  const sealed = liveSealed({ status: { observedGeneration: 1, conditions: [synced as never] } });
  const status = statusOf(sealed, UNSEALED, { now: at(0), before: null });
  expect([isStatusNews(sealed, status), isResultNews(sealed, status)]).toEqual([true, false]);
  const failed = statusOf(sealed, STALLED, { now: at(0), before: null });
  expect(isResultNews(sealed, failed)).toBe(true);
  const same = liveSealed({ status: failed });
  expect(isResultNews(same, statusOf(same, { ...STALLED, message: 'other' }, { now: at(1), before: null }))).toBe(true);
  expect(isResultNews(same, statusOf(same, STALLED, { now: at(1), before: null }))).toBe(false);
});
