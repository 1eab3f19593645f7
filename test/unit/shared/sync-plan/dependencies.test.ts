import { expect, test } from 'vitest';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import {
  dependenciesOf,
  findDependencyFault,
  findUnready,
  readinessMark,
} from '../../../../shared/sync-plan/dependencies.ts';

function gitSync(
  name: string,
  dependsOn: readonly string[] = [],
  parts: { ready?: string; seen?: number; metadata?: object } = {},
): GitSync {
  const ready = {
    type: 'Ready',
    status: parts.ready ?? 'True',
    reason: 'Applied',
    message: '',
    lastTransitionTime: '',
  };
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { name, namespace: 'shop', generation: 2, ...parts.metadata },
    spec: {
      source: { url: 'https://git.example.com/shop.git' },
      dependsOn: dependsOn.map((other) => ({ name: other })),
    },
    status: { observedGeneration: parts.seen ?? 2, conditions: [ready as never] },
  };
}

function finder(...all: readonly GitSync[]) {
  return ({ namespace, name }: { namespace: string; name: string }): GitSync | undefined =>
    namespace === 'shop' ? all.find(({ metadata }) => metadata.name === name) : undefined;
}

test('without dependencies, or with all of them Ready, nothing is in the way', () => {
  const app = gitSync('app', ['a', 'b', 'a']);
  const find = finder(app, gitSync('a'), gitSync('b'));
  expect(dependenciesOf(app)).toEqual(['a', 'b']);
  expect(findDependencyFault(app, find)).toBeNull();
  expect(findUnready(app, find)).toBeNull();
  expect(findUnready(gitSync('app'), finder())).toBeNull();
});

test.each([
  ['is not Ready', gitSync('a', [], { ready: 'False' })],
  ['is not known to be Ready', gitSync('a', [], { ready: 'Unknown' })],
  ['is Ready for an earlier specification', gitSync('a', [], { seen: 1 })],
  ['is being deleted', gitSync('a', [], { metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } })],
])('a dependency that %s is waited for', (_name, other) => {
  const app = gitSync('app', ['a']);
  expect(findUnready(app, finder(app, other))).toEqual({
    reason: 'DependencyNotReady',
    message: 'waits until these GitSyncs are Ready: a',
  });
});

test('a dependency that does not exist is named before one that is not Ready', () => {
  const app = gitSync('app', ['a', 'gone']);
  expect(findUnready(app, finder(app, gitSync('a', [], { ready: 'False' })))).toEqual({
    reason: 'DependencyNotFound',
    message: 'depends on GitSyncs that do not exist: gone',
  });
});

test('a cycle is told with its whole path, by its members alone', () => {
  const [a, b, c] = [gitSync('a', ['x', 'b']), gitSync('b', ['c']), gitSync('c', ['a'])];
  const outside = gitSync('outside', ['a']);
  const find = finder(a, b, c, outside, gitSync('x'));
  expect(findDependencyFault(a, find)?.message).toBe('spec.dependsOn leads back to where it starts: a → b → c → a');
  expect(findDependencyFault(c, find)?.message).toBe('spec.dependsOn leads back to where it starts: c → a → b → c');
  expect(findDependencyFault(outside, find)).toBeNull();
});

test('a GitSync that depends on itself is a cycle', () => {
  const app = gitSync('app', ['app']);
  expect(findDependencyFault(app, finder(app))).toEqual({
    reason: 'DependencyCycle',
    message: 'spec.dependsOn leads back to where it starts: app → app',
  });
});

test('another namespace is refused, and the own one may be named', () => {
  const base = gitSync('app');
  const named = (namespace: string): GitSync => ({
    ...base,
    spec: { ...base.spec, dependsOn: [{ name: 'a', namespace }] },
  });
  expect(findDependencyFault(named('shop'), finder())).toBeNull();
  expect(findDependencyFault(named('other'), finder())?.reason).toBe('SpecInvalid');
});

test('a web of thousands of GitSyncs is searched in bounded time, and messages stay short', () => {
  const names = Array.from({ length: 3_000 }, (_, index) => `s${index}`);
  const all = new Map(names.map((name, index) => [name, gitSync(name, names.slice(index + 1, index + 40))]));
  const start = gitSync('s0', names.slice(1, 60));
  expect(findDependencyFault(start, ({ name }) => all.get(name))).toBeNull();
  const chain = Array.from({ length: 200 }, (_, index) => gitSync(`c${index}`, [`c${(index + 1) % 200}`]));
  const cycle = findDependencyFault(chain[0]!, finder(...chain));
  expect(cycle?.reason).toBe('DependencyCycle');
  expect(cycle?.message.length).toBeLessThan(200);
});

test('the mark of readiness changes with what dependents wait for, and with nothing else', () => {
  const app = gitSync('app');
  expect(readinessMark({ ...app, status: { ...app.status, lastAppliedRevision: 'x' } })).toBe(readinessMark(app));
  expect(readinessMark(gitSync('app', [], { ready: 'False' }))).not.toBe(readinessMark(app));
  expect(readinessMark(gitSync('app', [], { seen: 1 }))).not.toBe(readinessMark(app));
  expect(readinessMark(gitSync('app', [], { metadata: { generation: 3 } }))).not.toBe(readinessMark(app));
});
