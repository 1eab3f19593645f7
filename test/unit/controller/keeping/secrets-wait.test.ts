import { expect, test } from 'vitest';
import { SecretsWait } from '../../../../controller/keeping/secrets-wait.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import type { HeldConsumer } from '../../../../shared/sync/await-secrets.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import type { LiveObject } from '../../../../shared/sync-plan/live-object.ts';

function desired(apiVersion: string, kind: string, name: string): DesiredObject {
  const object = { apiVersion, kind, metadata: { namespace: 'shop', name } };
  return { ...toPlacedObject(object, { file: 'a.yaml', line: 1, document: 1 }), digest: 'd' };
}

const sealed = desired('bitnami.com/v1alpha1', 'SealedSecret', 'db');

function held(state: HeldConsumer['state'], name = 'web'): HeldConsumer {
  const reason = 'SealedSecret shop/db was not unsealed yet';
  return { desired: desired('apps/v1', 'Deployment', name), sealed, seenVersion: '7', state, reason };
}

function round(id: string, nowMs: number, version = '7') {
  const gitSync = { spec: { timeout: '1m' } } as GitSync;
  const hub = { find: () => ({ resourceVersion: version }) as LiveObject };
  return { id, gitSync, hub, nowMs };
}

test('what waits is told with what for, until the timeout ends in failures of these objects', () => {
  const wait = new SecretsWait();
  const first = wait.report([held('waiting')], round('a', 1_000));
  expect(first).toMatchObject({ failures: [], leftMs: 60_000, waiting: [{ kind: 'Deployment', name: 'web' }] });
  expect(wait.awaits(sealed.key)).toBe(true);
  expect(wait.report([held('waiting')], round('a', 41_000)).leftMs).toBe(20_000);
  const late = wait.report([held('waiting')], round('a', 61_000));
  expect(late).toMatchObject({ waiting: [], leftMs: null });
  expect(late.failures.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    'web: is not applied: SealedSecret shop/db was not unsealed within 1m: SealedSecret shop/db was not unsealed yet',
  ]);
  // It may still come.
  expect(wait.awaits(sealed.key)).toBe(true);
});

test('a commit, a request and a change of the specification begin anew, and so does what waits after nothing waited', () => {
  const wait = new SecretsWait();
  wait.report([held('waiting')], round('a', 0));
  expect(wait.report([held('waiting')], round('b', 50_000)).leftMs).toBe(60_000);
  expect(wait.report([], round('b', 60_000))).toEqual({ failures: [], waiting: [], leftMs: null });
  expect(wait.awaits(sealed.key)).toBe(false);
  expect(wait.report([held('waiting')], round('b', 120_000)).leftMs).toBe(60_000);
});

test('what cannot be unsealed fails at once, and others go on waiting', () => {
  const wait = new SecretsWait();
  const report = wait.report([held('failed', 'a'), held('waiting', 'b')], round('a', 0));
  expect(report.failures.map(({ name }) => name)).toEqual(['a']);
  expect(report.waiting.map(({ name }) => name)).toEqual(['b']);
});

test('news that came while nobody listened are looked at once more', () => {
  expect(new SecretsWait().report([held('waiting')], round('a', 0, '8')).leftMs).toBe(0);
  expect(new SecretsWait().report([held('failed')], round('a', 0, '8')).leftMs).toBe(0);
});
