import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ControllerConfig } from '../../../../controller/config/config.ts';
import { loadConfig } from '../../../../controller/config/load-config.ts';
import { VERSION } from '../../../../controller/config/version-number.ts';

const nowhere = { podNamespace: undefined, serviceAccountNamespace: undefined, version: VERSION };

function configOf(
  argv: readonly string[],
  surroundings: Partial<typeof nowhere> | Record<string, string> = {},
): ControllerConfig {
  const result = loadConfig(argv, { ...nowhere, ...surroundings });
  if (result.kind !== 'config') throw new Error(JSON.stringify(result));
  return result.config;
}

function problemsOf(...argv: readonly string[]): readonly string[] {
  const result = loadConfig(argv, nowhere);
  return result.kind === 'problems' ? result.problems : [];
}

test('without flags the defaults are those of sealed-secrets', () => {
  expect(configOf([])).toEqual({
    kubeconfig: undefined,
    namespace: 'signet-system',
    listen: { host: undefined, port: 8080 },
    metricsListen: { host: undefined, port: 8081 },
    keys: {
      prefix: 'sealed-secrets-key',
      bits: 4096,
      validForMs: 87_600 * 3_600_000,
      commonName: '',
      renewPeriodMs: 720 * 3_600_000,
    },
    logLevel: 'info',
    unseal: true,
    sync: true,
    cacheDirectory: undefined,
    allowHttpGit: false,
  });
});

test('a configuration cannot be changed afterwards', () => {
  const config = configOf([]);
  expect(Object.isFrozen(config) && Object.isFrozen(config.keys)).toBe(true);
});

test('the namespace is that of the flag, of the pod, of the service account, in this order', () => {
  const around = { podNamespace: 'pod', serviceAccountNamespace: 'account\n' };
  expect(configOf(['--namespace', 'flag'], around).namespace).toBe('flag');
  expect(configOf([], around).namespace).toBe('pod');
  expect(configOf([], { serviceAccountNamespace: 'account\n' }).namespace).toBe('account');
});

test('every flag reaches the configuration, and the last of repeated ones counts', () => {
  const words =
    '--kubeconfig k --listen-addr 127.0.0.1:0 --listen-metrics-addr [::1]:9 --key-renew-period 0 --key-ttl 48h --key-size 2048 ' +
    '--key-prefix first --key-prefix second --my-cn cn --log-level debug --cache-dir /c --allow-http-git --no-unseal --no-sync';
  expect(configOf(words.split(' '))).toMatchObject({
    kubeconfig: 'k',
    listen: { host: '127.0.0.1', port: 0 },
    metricsListen: { host: '::1', port: 9 },
    keys: { prefix: 'second', bits: 2048, validForMs: 48 * 3_600_000, commonName: 'cn', renewPeriodMs: 0 },
    logLevel: 'debug',
    unseal: false,
    sync: false,
    cacheDirectory: '/c',
    allowHttpGit: true,
  });
});

test('each bad value is one sentence with the flag and the value, and all are told at once', () => {
  const words =
    '--listen-addr here --key-renew-period 30d --key-ttl 0 --key-size 1024 --key-prefix A_ --log-level loud --namespace N!';
  const problems = problemsOf(...words.split(' '));
  expect(problems).toHaveLength(7);
  for (const text of ['"here"', '"30d"', '"0"', '"1024"', '"A_"', '"loud"', '"N!"']) {
    expect(problems.filter((problem) => problem.includes(text))).toHaveLength(1);
  }
});

test.each([
  ['--key-renew-period', '10ms'],
  ['--key-ttl', '99999999h'],
  ['--key-size', '4097'],
  ['--key-prefix', 'x'.repeat(246)],
  ['--listen-addr', ':65536'],
])('%s %s is refused', (flag, value) => {
  expect(problemsOf(flag, value)).toHaveLength(1);
});

test('an unknown flag and a stray word are problems', () => {
  expect(problemsOf('--wat')).toEqual([expect.stringContaining('--wat')]);
  expect(problemsOf('word')).toHaveLength(1);
});

test('--version prints what tools of sealed-secrets look for', () => {
  const result = loadConfig(['--version'], nowhere);
  expect(result).toEqual({ kind: 'print', text: `controller version: ${VERSION}\n` });
  expect(VERSION).toMatch(/^v[0-9]+\.[0-9]+\.[0-9]+$/);
});

test('--help shows each flag and an example', () => {
  const result = loadConfig(['--help'], nowhere);
  expect(result).toMatchObject({ kind: 'print', text: expect.stringMatching(/--key-renew-period[\s\S]*Example:/) });
});

test('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(`v${version}`);
});
