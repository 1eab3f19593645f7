import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DER_TAG } from '../../../../shared/certificate/der-reader.ts';
import { encodeDer } from '../../../../shared/certificate/der-writer.ts';
import { encodePem } from '../../../../shared/certificate/pem.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { LintFinding } from '../../../../shared/sealing/lint-finding.ts';
import { lintSecret } from '../../../../shared/sealing/lint-secret.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const NOW = new Date('2026-11-01T00:00:00Z');

type Values = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

function lint(values: Values, type?: string): Promise<readonly LintFinding[]> {
  const entries = Object.entries(values).map(([key, value]): [string, SecretBytes] => {
    return [key, typeof value === 'string' ? SecretBytes.fromText(value) : new SecretBytes(value)];
  });
  return lintSecret({ values: new Map(entries), type }, NOW);
}

async function codes(values: Values, type?: string): Promise<readonly string[]> {
  return (await lint(values, type)).map(({ code, key }) => (key === null ? code : `${code} ${key}`));
}

const encode = (text: string): string => Buffer.from(text).toString('base64');

describe('a value', () => {
  test.each([
    ['a password', 'hunter2'],
    ['a password that is made of base64 letters', 'passwordpass'],
    ['bytes in base64', encode('\x00\x01\x02\x03\xff\xfe\x80\x81\x99')],
    ['short words', 'abcd'],
    ['a text of several lines', 'a: 1\nb: 2\n'],
    ['a URL', 'postgres://user:pass@db/app'],
    ['nothing', ''],
    ['bytes', Uint8Array.of(0, 1, 2, 255)],
    ['an even number of zeros', Uint8Array.of(0, 0, 0, 0)],
  ])('that is %s is fine', async (_what, value) => {
    expect(await codes({ k: value })).toEqual([]);
  });

  test('that is encoded already is found, with a line break behind it, too', async () => {
    expect(await codes({ k: encode('hunter2!') })).toEqual(['LINT_ENCODED_TWICE k']);
    expect(await codes({ k: encode('{"auths": {}}') })).toEqual(['LINT_ENCODED_TWICE k']);
    expect(await codes({ k: `${encode('hunter2!')}\n` })).toEqual([
      'LINT_ENCODED_TWICE k',
      'LINT_ENDS_IN_LINE_BREAK k',
    ]);
  });

  test('of one line that ends in a line break is found', async () => {
    expect(await codes({ k: 'hunter2\n' })).toEqual(['LINT_ENDS_IN_LINE_BREAK k']);
    expect(await codes({ k: 'hunter2\r\n' })).toEqual(['LINT_ENDS_IN_LINE_BREAK k']);
  });

  test('that Windows saved is found', async () => {
    expect(await codes({ k: 'a: 1\r\nb: 2\r\n' })).toEqual(['LINT_WINDOWS_LINE_ENDS k']);
    expect(await codes({ k: '\ufeffhunter2' })).toEqual(['LINT_BYTE_ORDER_MARK k']);
    expect(await codes({ k: new Uint8Array(Buffer.from('\ufeffhunter2', 'utf16le')) })).toEqual(['LINT_UTF16 k']);
    expect(await codes({ k: new Uint8Array(Buffer.from('hunter2', 'utf16le')) })).toEqual(['LINT_UTF16 k']);
    expect(await codes({ k: new Uint8Array(Buffer.from('hunter2', 'utf16le').swap16()) })).toEqual(['LINT_UTF16 k']);
  });

  test('is never quoted by a finding', async () => {
    const secret = 'correct-horse-battery';
    const values = {
      a: `${secret}\n`,
      b: encode(secret),
      '.dockerconfigjson': `{"auths": "${secret}`,
      'tls.crt': secret,
      'tls.key': secret,
    };
    const text = JSON.stringify(await lint(values, 'kubernetes.io/tls'));
    expect(text).not.toContain(secret);
    expect(text).not.toContain(encode(secret));
    expect((await lint(values, 'kubernetes.io/tls')).length).toBe(5);
  });
});

describe('a type of the API server', () => {
  test.each([
    ['kubernetes.io/tls', ['LINT_KEY_MISSING', 'LINT_KEY_MISSING']],
    ['kubernetes.io/dockerconfigjson', ['LINT_KEY_MISSING']],
    ['kubernetes.io/dockercfg', ['LINT_KEY_MISSING']],
    ['kubernetes.io/ssh-auth', ['LINT_KEY_MISSING']],
    ['kubernetes.io/basic-auth', ['LINT_KEY_MISSING']],
    ['kubernetes.io/service-account-token', ['LINT_ANNOTATION_MISSING']],
    ['Opaque', []],
    ['example.com/own', []],
    ['__proto__', []],
  ])('%s requires its keys', async (type, expected) => {
    expect(await codes({ other: 'x' }, type)).toEqual(expected);
  });

  test('is content with one of two keys, with keys that are sealed already, and with its annotation', async () => {
    expect(await codes({ password: 'x' }, 'kubernetes.io/basic-auth')).toEqual([]);
    const values = new Map([['other', SecretBytes.fromText('x')]]);
    expect(await lintSecret({ values, type: 'kubernetes.io/ssh-auth', otherKeys: ['ssh-privatekey'] }, NOW)).toEqual(
      [],
    );
    const annotations = new Map([['kubernetes.io/service-account.name', 'deployer']]);
    expect(await lintSecret({ values, type: 'kubernetes.io/service-account-token', annotations }, NOW)).toEqual([]);
  });
});

describe('a registry login', () => {
  const key = '.dockerconfigjson';
  const type = 'kubernetes.io/dockerconfigjson';

  test('parses and has auths', async () => {
    expect(await codes({ [key]: '{"auths": {"r.example.com": {"auth": "dTpw"}}}' }, type)).toEqual([]);
    expect(await codes({ '.dockercfg': '{"r.example.com": {"auth": "dTpw"}}' }, 'kubernetes.io/dockercfg')).toEqual([]);
  });

  test.each([
    ['{"auths": {', 'LINT_DOCKER_CONFIG_INVALID'],
    ['[]', 'LINT_DOCKER_CONFIG_INVALID'],
    ['{}', 'LINT_DOCKER_CONFIG_EMPTY'],
    ['{"auths": {}}', 'LINT_DOCKER_CONFIG_EMPTY'],
    ['{"auths": null}', 'LINT_DOCKER_CONFIG_EMPTY'],
    ['{"auths": []}', 'LINT_DOCKER_CONFIG_EMPTY'],
  ])('that is %s is found', async (value, code) => {
    expect(await codes({ [key]: value }, type)).toEqual([`${code} ${key}`]);
    expect(await codes({ [key]: value })).toEqual([`${code} ${key}`]);
    expect(await codes({ [key]: `${value}\n` })).toEqual([`LINT_ENDS_IN_LINE_BREAK ${key}`, `${code} ${key}`]);
  });

  test('that is encoded twice has that one finding', async () => {
    expect(await codes({ [key]: encode('{"auths": {"r": {}}}') }, type)).toEqual([`LINT_ENCODED_TWICE ${key}`]);
  });
});

describe('a TLS pair', () => {
  const type = 'kubernetes.io/tls';
  const pair = (crt: string, key: string): Values => ({ 'tls.crt': crt, 'tls.key': key });

  test('that belongs together is fine, chain and all', async () => {
    expect(await codes(pair(FIRST_KEY.certificatePem, FIRST_KEY.privateKeyPem), type)).toEqual([]);
    const chain = FIRST_KEY.certificatePem + SECOND_KEY.certificatePem;
    expect(await codes(pair(chain, FIRST_KEY.privateKeyPem), type)).toEqual([]);
  });

  test('that does not belong together is found, without the type, too', async () => {
    const wrong = pair(FIRST_KEY.certificatePem, SECOND_KEY.privateKeyPem);
    expect(await codes(wrong, type)).toEqual(['LINT_TLS_PAIR_MISMATCH tls.key']);
    expect(await codes(wrong)).toEqual(['LINT_TLS_PAIR_MISMATCH tls.key']);
    const reversed = SECOND_KEY.certificatePem + FIRST_KEY.certificatePem;
    expect(await codes(pair(reversed, FIRST_KEY.privateKeyPem), type)).toEqual(['LINT_TLS_PAIR_MISMATCH tls.key']);
  });

  test('of text that is neither is found twice', async () => {
    expect(await codes(pair('x', 'y'), type)).toEqual([
      'LINT_TLS_CERTIFICATE_INVALID tls.crt',
      'LINT_TLS_KEY_INVALID tls.key',
    ]);
    const broken = encodePem('CERTIFICATE', Uint8Array.of(0x30, 0x03, 0x02, 0x01));
    expect(await codes(pair(broken, FIRST_KEY.privateKeyPem), type)).toEqual(['LINT_TLS_CERTIFICATE_INVALID tls.crt']);
  });

  test('with a key behind a passphrase is found', async () => {
    const key = encodePem('ENCRYPTED PRIVATE KEY', Uint8Array.of(1, 2, 3));
    expect(await codes(pair(FIRST_KEY.certificatePem, key), type)).toEqual(['LINT_TLS_KEY_ENCRYPTED tls.key']);
  });

  test('whose certificate has expired is found', async () => {
    const values = new Map([['tls.crt', SecretBytes.fromText(FIRST_KEY.certificatePem)]]);
    const subject = { values, type, otherKeys: ['tls.key'] };
    expect(await lintSecret(subject, NOW)).toEqual([]);
    const [finding] = await lintSecret(subject, new Date('2200-01-01T00:00:00Z'));
    expect(finding).toMatchObject({ code: 'LINT_TLS_CERTIFICATE_EXPIRED', key: 'tls.crt' });
  });

  const kinds = {
    'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    Ed25519: () => generateKeyPairSync('ed25519'),
  };

  test.each(Object.entries(kinds))('of %s keys is tried like any other', async (_kind, makePair) => {
    const [own, other] = [makePair(), makePair()];
    const certificate = certificateOf(own.publicKey);
    const pem = ({ privateKey }: typeof own): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await codes(pair(certificate, pem(own)), type)).toEqual([]);
    expect(await codes(pair(certificate, pem(other)), type)).toEqual(['LINT_TLS_PAIR_MISMATCH tls.key']);
    expect(await codes(pair(certificate, FIRST_KEY.privateKeyPem), type)).toEqual(['LINT_TLS_PAIR_MISMATCH tls.key']);
  });

  test('of elliptic keys in the older form is tried like any other', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    expect(await codes(pair(certificateOf(publicKey), pem), type)).toEqual([]);
  });

  test('of a kind of key that cannot be tried has no finding', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await codes(pair(certificateOf(publicKey), pem), type)).toEqual([]);
  });
});

/** A certificate of `publicKey` whose signature is nothing: nobody here looks at it. */
function certificateOf(publicKey: KeyObject): string {
  const time = (text: string): Uint8Array<ArrayBuffer> => encodeDer(DER_TAG.utcTime, new TextEncoder().encode(text));
  const empty = encodeDer(DER_TAG.sequence);
  const signed = encodeDer(
    DER_TAG.sequence,
    encodeDer(DER_TAG.integer, Uint8Array.of(1)),
    empty,
    empty,
    encodeDer(DER_TAG.sequence, time('260101000000Z'), time('400101000000Z')),
    empty,
    new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
  );
  return encodePem(
    'CERTIFICATE',
    encodeDer(DER_TAG.sequence, signed, empty, encodeDer(DER_TAG.bitString, Uint8Array.of(0))),
  );
}

describe('a size', () => {
  const MIB = 1024 * 1024;

  test('of one value, or of all together, that no cluster takes is found', async () => {
    expect(await codes({ k: 'x'.repeat(MIB) })).toEqual([]);
    expect(await codes({ k: 'x'.repeat(MIB), small: 'x' })).toEqual(['LINT_TOO_LARGE']);
    expect(await lint({ a: 'x'.repeat(MIB), b: 'x'.repeat(MIB / 2) })).toMatchObject([
      { key: null, message: 'its values have 1.5 MiB, and no cluster takes a Secret with more than 1 MiB of them' },
    ]);
  });
});

test('a value of empty lines takes no longer than another', async () => {
  expect(await codes({ key: `${'\n'.repeat(300_000)}x` })).toEqual([]);
});
