import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ControllerConfig } from '../../../../controller/config/config.ts';
import { FLAG_ALIASES, FLAGS } from '../../../../controller/config/flag-table.ts';
import { loadConfig, type Surroundings } from '../../../../controller/config/load-config.ts';
import { VERSION } from '../../../../controller/config/version-number.ts';

const nowhere: Surroundings = { variables: {}, serviceAccountNamespace: undefined, version: VERSION };
const HOUR = 3_600_000;

function configOf(argv: readonly string[], surroundings: Partial<Surroundings> = {}): ControllerConfig {
  const result = loadConfig(argv, { ...nowhere, ...surroundings });
  if (result.kind !== 'config') throw new Error(JSON.stringify(result));
  return result.config;
}

function problemsOf(argv: readonly string[], variables: Surroundings['variables'] = {}): readonly string[] {
  const result = loadConfig(argv, { ...nowhere, variables });
  return result.kind === 'problems' ? result.problems : [];
}

test('without flags the defaults are those of sealed-secrets, but for the rate limit', () => {
  expect(configOf([])).toEqual({
    kubeconfig: undefined,
    kustomize: undefined,
    namespace: 'signet-system',
    listen: { host: undefined, port: 8080 },
    metricsListen: { host: undefined, port: 8081 },
    webhookListen: null,
    keys: {
      prefix: 'sealed-secrets-key',
      bits: 4096,
      validForMs: 87_600 * HOUR,
      commonName: '',
      renewPeriodMs: 720 * HOUR,
      cutoffAt: null,
      orderPriority: 'CertNotBefore',
      labels: {},
      annotations: {},
      firstKey: 'create',
    },
    unsealing: {
      acceptV1: true,
      updateStatus: true,
      skipRecreate: false,
      oldGc: false,
      labelSelector: '',
      namespaces: null,
    },
    http: { rateLimit: 50, rateBurst: 100, readTimeoutMs: 120_000, writeTimeoutMs: 120_000 },
    metrics: { omitSecretLabels: false },
    log: { level: 'info', format: 'text', infoOnStdout: true },
    unseal: true,
    sync: true,
    cacheDirectory: undefined,
    allowHttpGit: false,
    notices: [],
  });
});

test('a configuration cannot be changed afterwards', () => {
  const config = configOf(['--additional-namespaces=a']);
  for (const part of [config, config.keys, config.unsealing, config.unsealing.namespaces, config.http, config.log]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test('the namespace is that of the flag, of its variable, of the pod, of the service account, in this order', () => {
  const around = {
    variables: { SIGNET_NAMESPACE: 'ours', POD_NAMESPACE: 'pod' },
    serviceAccountNamespace: 'account\n',
  };
  expect(configOf(['--namespace', 'flag'], around).namespace).toBe('flag');
  expect(configOf([], around).namespace).toBe('ours');
  expect(configOf([], { ...around, variables: { POD_NAMESPACE: 'pod' } }).namespace).toBe('pod');
  expect(configOf([], { serviceAccountNamespace: 'account\n' }).namespace).toBe('account');
});

/** A text other than the default for each flag, and where it is found in the configuration. */
const OTHERS: Readonly<Record<string, readonly [string, object]>> = {
  kubeconfig: ['k', { kubeconfig: 'k' }],
  namespace: ['n', { namespace: 'n' }],
  'listen-addr': ['127.0.0.1:0', { listen: { host: '127.0.0.1', port: 0 } }],
  'webhook-listen-addr': ['127.0.0.1:8082', { webhookListen: { host: '127.0.0.1', port: 8082 } }],
  'listen-metrics-addr': ['[::1]:9', { metricsListen: { host: '::1', port: 9 } }],
  'read-timeout': ['1m30s', { http: { readTimeoutMs: 90_000 } }],
  'write-timeout': ['0', { http: { writeTimeoutMs: 0 } }],
  'rate-limit': ['0', { http: { rateLimit: 0 } }],
  'rate-limit-burst': ['7', { http: { rateBurst: 7 } }],
  'key-renew-period': ['0', { keys: { renewPeriodMs: 0 } }],
  'key-cutoff-time': ['Mon, 02 Jan 2006 15:04:05 -0700', { keys: { cutoffAt: new Date('2006-01-02T22:04:05Z') } }],
  'key-order-priority': ['SecretCreationTimestamp', { keys: { orderPriority: 'SecretCreationTimestamp' } }],
  'key-ttl': ['48h', { keys: { validForMs: 48 * HOUR } }],
  'key-size': ['2048', { keys: { bits: 2048 } }],
  'key-prefix': ['mine', { keys: { prefix: 'mine' } }],
  'my-cn': ['cn', { keys: { commonName: 'cn' } }],
  'privatekey-labels': ['team=shop, tier=a', { keys: { labels: { team: 'shop', tier: 'a' } } }],
  'privatekey-annotations': ['example.com/x=a=b', { keys: { annotations: { 'example.com/x': 'a=b' } } }],
  'first-key': ['never', { keys: { firstKey: 'never' } }],
  'all-namespaces': ['false', { unsealing: { namespaces: ['signet-system'] } }],
  'additional-namespaces': ['b,a , b,', { unsealing: { namespaces: ['signet-system', 'b', 'a'] } }],
  'label-selector': ['team in (a, b),!old', { unsealing: { labelSelector: 'team in (a, b),!old' } }],
  'accept-deprecated-v1-data': ['false', { unsealing: { acceptV1: false } }],
  'update-status': ['f', { unsealing: { updateStatus: false } }],
  'skip-recreate': ['true', { unsealing: { skipRecreate: true } }],
  'old-gc-behavior': ['T', { unsealing: { oldGc: true } }],
  'metrics-omit-secret-labels': ['1', { metrics: { omitSecretLabels: true } }],
  'log-level': ['debug', { log: { level: 'debug' } }],
  'log-format': ['json', { log: { format: 'json' } }],
  'log-info-stdout': ['FALSE', { log: { infoOnStdout: false } }],
  'cache-dir': ['/c', { cacheDirectory: '/c' }],
  kustomize: ['/k', { kustomize: '/k' }],
  'allow-http-git': ['true', { allowHttpGit: true }],
  'default-service-account': ['tenant', { defaultServiceAccount: 'tenant' }],
  'no-unseal': ['true', { unseal: false }],
  'no-sync': ['true', { sync: false }],
  'kubeclient-qps': ['-1', { notices: [expect.stringMatching(/kubeclient-qps|KUBECLIENT_QPS/)] }],
  'kubeclient-burst': ['20', { notices: [expect.stringContaining('has no effect')] }],
  'max-unseal-retries': ['9', { notices: [expect.stringContaining('has no effect')] }],
  'watch-for-secrets': ['false', { notices: [expect.stringContaining('always watched')] }],
};

test('every flag but version and help has a row in this test', () => {
  expect(Object.keys(OTHERS).sort()).toEqual([...FLAGS.keys()].filter((name) => !/^(version|help)$/.test(name)).sort());
});

test.each(Object.entries(OTHERS))(
  '--%s and its variable reach the configuration, and the flag wins',
  (name, [text, found]) => {
    const variable = FLAGS.get(name)?.variable ?? '';
    const prefix = [
      'kubeconfig',
      'namespace',
      'webhook-listen-addr',
      'first-key',
      'cache-dir',
      'kustomize',
      'default-service-account',
      'allow-http-git',
      'no-unseal',
      'no-sync',
    ].includes(name)
      ? 'SIGNET_'
      : 'SEALED_SECRETS_';
    expect(variable).toBe(prefix + name.toUpperCase().replaceAll('-', '_'));
    expect(configOf([`--${name}=${text}`])).toMatchObject(found);
    expect(configOf([], { variables: { [variable]: text } })).toMatchObject(found);
    // The variable would be a problem if it were read.
    expect(configOf([`--${name}=${text}`], { variables: { [variable]: '\u0000 no value of any flag' } })).toMatchObject(
      found,
    );
  },
);

test('rotate-period is key-renew-period, as flag and as variable, and the last of the flags counts', () => {
  expect(FLAG_ALIASES.get('rotate-period')).toBe('key-renew-period');
  expect(configOf(['--rotate-period', '24h']).keys.renewPeriodMs).toBe(24 * HOUR);
  expect(configOf(['--key-renew-period=1h', '--rotate-period=2h']).keys.renewPeriodMs).toBe(2 * HOUR);
  const variables = { SEALED_SECRETS_ROTATE_PERIOD: '3h' };
  expect(configOf([], { variables }).keys.renewPeriodMs).toBe(3 * HOUR);
  expect(configOf(['--key-renew-period=4h'], { variables }).keys.renewPeriodMs).toBe(4 * HOUR);
});

test('watch-for-secrets is what happens anyway, and nothing is said of it', () => {
  expect(configOf(['--watch-for-secrets']).notices).toEqual([]);
});

test('a variable that is empty, and one that is not ours, count for nothing', () => {
  const variables = { SEALED_SECRETS_KEY_SIZE: '', SEALED_SECRETS_SERVICE_PORT: 'x', SEALED_SECRETS_VERSION: '0.36.6' };
  expect(configOf([], { variables })).toEqual(configOf([]));
});

test('flags are split by the rules of pflag', () => {
  expect(configOf(['--my-cn', '--no-sync']).keys.commonName).toBe('--no-sync');
  expect(configOf(['--my-cn=a=b']).keys.commonName).toBe('a=b');
  expect(configOf(['--my-cn=']).keys.commonName).toBe('');
  expect(configOf(['--skip-recreate', '--skip-recreate=false']).unsealing.skipRecreate).toBe(false);
  expect(configOf(['--no-sync', '--']).sync).toBe(false);
  expect(problemsOf(['--my-cn'])).toEqual(['--my-cn needs a value']);
  expect(problemsOf(['--update-status', 'false'])).toEqual([expect.stringContaining('--name=false')]);
  expect(problemsOf(['--', '--no-sync'])).toHaveLength(1);
  expect(problemsOf(['-v', '---', '--=x', '-', '--__proto__=1'])).toHaveLength(5);
});

test('each bad value is one sentence with its source and the value, and all are told at once', () => {
  const words = '--listen-addr here --key-ttl 0 --key-size 1024 --key-prefix A_ --log-level loud --namespace N!';
  const variables = { SEALED_SECRETS_KEY_RENEW_PERIOD: '30d', SEALED_SECRETS_UPDATE_STATUS: 'yes' };
  const problems = problemsOf(words.split(' '), variables);
  expect(problems).toHaveLength(8);
  for (const text of ['"here"', '"30d"', '"0"', '"1024"', '"A_"', '"loud"', '"N!"', '"yes"']) {
    expect(problems.filter((problem) => problem.includes(text))).toHaveLength(1);
  }
});

test('a period in days names the variable and the form that is meant', () => {
  expect(problemsOf([], { SEALED_SECRETS_KEY_RENEW_PERIOD: '30d' })).toEqual([
    'SEALED_SECRETS_KEY_RENEW_PERIOD is "30d", expected a duration such as 720h of at least 1s, or 0 ' +
      '(there is no unit for days: write 720h)',
  ]);
});

test.each([
  ['--key-renew-period', '10ms'],
  ['--key-renew-period', '-1h'],
  ['--key-ttl', '99999999h'],
  ['--key-size', '4097'],
  ['--key-prefix', 'x'.repeat(246)],
  ['--listen-addr', ':65536'],
  ['--key-cutoff-time', '2024-01-01'],
  ['--key-order-priority', 'certnotbefore'],
  ['--privatekey-labels', 'lonely'],
  ['--privatekey-labels', '=x'],
  ['--privatekey-labels', '__proto__=x'],
  ['--privatekey-labels', 'a=no space allowed'],
  ['--privatekey-annotations', 'a b=c'],
  ['--additional-namespaces', 'Shop'],
  ['--label-selector', 'team in (a'],
  ['--rate-limit', '-1'],
  ['--rate-limit', '1.5'],
  ['--rate-limit-burst', '010'],
  ['--read-timeout', '9999h'],
  ['--log-format', 'xml'],
  ['--log-level', 'INFO+'],
  ['--kubeclient-qps', 'fast'],
  ['--first-key', 'maybe'],
  ['--update-status=', ''],
])('%s %s is refused', (flag, value) => {
  expect(problemsOf(flag.endsWith('=') ? [flag] : [flag, value])).toHaveLength(1);
});

test.each([
  ['DEBUG', 'debug'],
  ['Info', 'info'],
  ['debug-4', 'debug'],
  ['INFO+1', 'warn'],
  ['info-3', 'info'],
  ['WARN+4', 'error'],
  ['ERROR+4', 'error'],
] as const)('log level %s lets through %s and worse', (text, level) => {
  expect(configOf(['--log-level', text]).log.level).toBe(level);
});

test('a problem quotes no control characters and no long texts', () => {
  const [problem = ''] = problemsOf([`--key-size=\u001b[31m\u202e${'9'.repeat(5_000)}`]);
  expect(problem).toContain('\\x1b');
  expect(problem.length).toBeLessThan(400);
});

test('--version prints what tools of sealed-secrets look for', () => {
  const result = loadConfig(['--version'], { ...nowhere, variables: { SEALED_SECRETS_KEY_TTL: 'junk' } });
  expect(result).toEqual({ kind: 'print', text: `controller version: ${VERSION}\n` });
  expect(VERSION).toMatch(/^v[0-9]+\.[0-9]+\.[0-9]+$/);
});

test('--help shows each flag with its default, and an example', () => {
  for (const word of ['--help', '-h']) {
    const result = loadConfig([word], nowhere);
    const text = result.kind === 'print' ? result.text : '';
    for (const name of FLAGS.keys()) expect(text).toContain(`--${name}`);
    expect(text).toMatch(/--key-renew-period <duration> .*\(default: 720h\)[\s\S]*Example:/);
  }
});

test('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(`v${version}`);
});

test.each(['', ' ', 'a:b', 'Default'])(
  'a default service account %j stops the start, and never means that there is none',
  (text) => {
    const result = loadConfig([`--default-service-account=${text}`], {
      variables: {},
      serviceAccountNamespace: undefined,
      version: 'v0.0.0',
    });
    expect(result).toMatchObject({
      kind: 'problems',
      problems: [expect.stringContaining('expected the name of a service account')],
    });
  },
);
