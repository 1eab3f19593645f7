import { expect, test } from 'vitest';
import type { Outcome, Reconciler } from '../../../../controller/reconcile-loop/reconciler.ts';
import { countStatusFailures, countUnseals } from '../../../../controller/sealed-secrets/count-failures.ts';
import type { UnsealReason, Verdict } from '../../../../controller/sealed-secrets/verdict.ts';

const REQUEST = { namespace: 'shop', name: 'db' };
const { signal } = new AbortController();
const ending = (outcome: Outcome): Reconciler => ({ reconcile: async () => outcome });

function tally() {
  const counted: string[] = [];
  const metrics = {
    requested: () => counted.push('requested'),
    failed: (reason: string, namespace: string) => counted.push(`${reason} ${namespace}`),
  };
  return { counted, metrics };
}

function storeOf(reason: UnsealReason | undefined) {
  const verdict: Verdict = { state: 'waiting', reason: reason ?? 'Unsealed', message: '', record: null, attempt: null };
  return { verdictOf: () => (reason === undefined ? undefined : verdict) };
}

test.each([
  ['KeyNotFound', 'unseal'],
  ['WrongScope', 'unseal'],
  ['Malformed', 'unseal'],
  ['TemplateFailed', 'unseal'],
  ['SecretExists', 'unmanaged'],
  ['SecretImmutable', 'update'],
  ['Forbidden', 'update'],
  [undefined, 'update'],
] as const)('the reason %s is counted as %s', async (reason, counted) => {
  const { counted: found, metrics } = tally();
  const outcome: Outcome = { kind: 'stalled', reason: 'x' };
  const reconciler = countUnseals(ending(outcome), storeOf(reason), metrics);
  expect(await reconciler.reconcile(REQUEST, signal)).toBe(outcome);
  expect(found).toEqual(['requested', `${counted} shop`]);
});

test.each([{ kind: 'settled' }, { kind: 'again', afterMs: 1 }] as const)('%j is no failure', async (outcome) => {
  const { counted, metrics } = tally();
  await countUnseals(ending(outcome), storeOf('KeyNotFound'), metrics).reconcile(REQUEST, signal);
  await countStatusFailures(ending(outcome), metrics).reconcile(REQUEST, signal);
  expect(counted).toEqual(['requested']);
});

test('a status that cannot be written is counted as such', async () => {
  const { counted, metrics } = tally();
  await countStatusFailures(ending({ kind: 'retry', error: new Error('x') }), metrics).reconcile(REQUEST, signal);
  expect(counted).toEqual(['status shop']);
});
