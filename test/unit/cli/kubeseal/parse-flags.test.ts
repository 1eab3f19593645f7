import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../../../cli/kubeseal/parse-flags.ts';

function valuesOf(argv: readonly string[], env: Record<string, string> = {}): Record<string, unknown> {
  const parsed = parseFlags(argv, env);
  if (parsed.kind !== 'flags') throw new Error(JSON.stringify(parsed));
  return Object.fromEntries(parsed.flags.values);
}

function faultOf(...argv: readonly string[]): unknown {
  const parsed = parseFlags(argv, {});
  return parsed.kind === 'fault' ? parsed.message : parsed.kind;
}

describe('flags', () => {
  test.each<[string, readonly string[], Record<string, unknown>]>([
    ['a value behind an equals sign', ['--cert=a=b'], { cert: 'a=b' }],
    ['a value in the next word, whatever it is', ['--cert', '--raw'], { cert: '--raw' }],
    ['an empty value', ['--cert='], { cert: '' }],
    [
      'a letter with its value',
      ['-oyaml', '-n=shop', '-f', 'x'],
      { format: 'yaml', namespace: 'shop', 'secret-file': 'x' },
    ],
    ['a letter whose value is an equals sign', ['-o='], { format: '=' }],
    ['a switch, which takes no next word', ['--raw', 'false'], { raw: true }],
    ['a switch with a value', ['--raw=F', '--validate=T'], { raw: false, validate: true }],
    ['of several the last', ['--cert', 'a', '--cert', 'b', '--raw', '--raw=0'], { cert: 'b', raw: false }],
    [
      'lists, which grow and are split at commas',
      ['--from-file', 'a,"b,c"', '--from-file=d'],
      { 'from-file': ['a', 'b,c', 'd'] },
    ],
    ['groups, which are not split', ['--as-group=a,b', '--as-group=c'], { 'as-group': ['a,b', 'c'] }],
    ['words between flags, which are ignored', ['x', '--raw', '-', 'y'], { raw: true }],
    ['nothing behind two dashes', ['--', '--raw', '--nonsense'], {}],
    ['the old name of a flag', ['--rotate', '--re-encrypt=false'], { 're-encrypt': false }],
  ])('hold %s', (_what, argv, values) => {
    expect(valuesOf(argv)).toEqual(values);
  });

  test.each<[readonly string[], string]>([
    [['--nonsense=1'], 'unknown flag: --nonsense'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-z'], "unknown shorthand flag: 'z' in -z"],
    [['--cert'], 'flag needs an argument: --cert'],
    [['-n'], "flag needs an argument: 'n' in -n"],
    [['--controller_name', 'x'], 'unknown flag: --controller_name'],
    [['--v=x'], 'invalid argument "x" for "-v, --v" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['-h', '--nonsense'], 'help'],
  ])('%j are answered with: %s', (argv, message) => {
    expect(faultOf(...argv)).toBe(message);
  });
});

describe('variables', () => {
  test('stand for flags, and flags win', () => {
    const env = { SEALED_SECRETS_CERT: 'a', SEALED_SECRETS_CONTROLLER_NAME: 'b', SEALED_SECRETS_RAW: '1' };
    expect(valuesOf(['--cert', 'c'], env)).toEqual({ cert: 'c', 'controller-name': 'b', raw: true });
  });

  test('of lists are added to', () => {
    expect(valuesOf(['--from-file', 'b'], { SEALED_SECRETS_FROM_FILE: 'a' })).toEqual({ 'from-file': ['a', 'b'] });
  });

  test('of klog are not read', () => {
    expect(valuesOf([], { SEALED_SECRETS_V: '9', SEALED_SECRETS_LOG_DIR: 'x' })).toEqual({});
  });

  test('that cannot be read are left aside, and all but the version are told of', () => {
    const env = { SEALED_SECRETS_VERSION: '0.36.6', SEALED_SECRETS_SCOPE: 'wide' };
    const parsed = parseFlags([], env);
    expect(parsed).toMatchObject({ kind: 'flags', flags: { values: new Map() } });
    expect(parsed.kind === 'flags' && parsed.flags.ignored).toEqual([
      'SEALED_SECRETS_SCOPE: invalid argument "wide" for "--scope" flag: must be one of: strict, namespace-wide, cluster-wide',
    ]);
  });
});
