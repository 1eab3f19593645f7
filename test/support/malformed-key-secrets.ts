/** @module Key Secrets that cannot be loaded, one for each way in which people and programs get them wrong. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { encodePem, parsePemBlocks } from '../../shared/certificate/pem.ts';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import { KEY_LABEL } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { ELLIPTIC_CERTIFICATE_PEM, FIRST_KEY } from './test-keys.ts';

/** One malformed key Secret. */
export interface MalformedKey {
  /** What is wrong with it. */
  readonly what: string;
  /** `data` of the Secret as an API server might give it, and as none would. */
  readonly data: unknown;
  /** Value of the key label; default: that of an active key. */
  readonly label?: string;
  /** Part of what is told of it. */
  readonly told: string;
}

const { certificatePem, privateKeyPem } = FIRST_KEY;
const certificateDer = parsePemBlocks(certificatePem)[0]?.bytes ?? new Uint8Array();
const keyDer = parsePemBlocks(privateKeyPem)[0]?.bytes ?? new Uint8Array();
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;
const tiny = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const text = (value: string) => encodeBase64(encodeUtf8(value));
const bytes = (value: Uint8Array) => encodeBase64(value);
const both = (crt: unknown, key: unknown) => ({ 'tls.crt': crt, 'tls.key': key });
const withCertificate = (crt: unknown) => both(crt, text(privateKeyPem));
const withKey = (key: unknown) => both(text(certificatePem), key);
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function encrypted(type: 'pkcs1' | 'pkcs8'): string {
  const options = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' } as const;
  return rsa.privateKey.export({ ...options, type }).toString();
}

/** `original` with its bytes from `at` on replaced by zeros. */
function blanked(original: Uint8Array, at: number, length: number): Uint8Array {
  return original.map((byte, index) => (index >= at && index < at + length ? 0 : byte));
}

const SHAPES: readonly MalformedKey[] = [
  { what: 'no data', data: undefined, told: '"tls.crt" is missing' },
  { what: 'null as data', data: null, told: '"tls.crt" is missing' },
  { what: 'empty data', data: {}, told: '"tls.crt" is missing' },
  { what: 'a list as data', data: ['tls.crt'], told: '"tls.crt" is missing' },
  { what: 'text as data', data: 'tls.crt', told: '"tls.crt" is missing' },
  { what: 'a number as data', data: 7, told: '"tls.crt" is missing' },
  { what: 'other names', data: { cert: text(certificatePem), key: text(privateKeyPem) }, told: '"tls.crt" is missing' },
  { what: 'no certificate', data: { 'tls.key': text(privateKeyPem) }, told: '"tls.crt" is missing' },
  { what: 'no private key', data: { 'tls.crt': text(certificatePem) }, told: '"tls.key" is missing' },
  { what: 'an empty certificate', data: withCertificate(''), told: '"tls.crt" is missing' },
  { what: 'an empty private key', data: withKey(''), told: '"tls.key" is missing' },
  { what: 'null as certificate', data: withCertificate(null), told: '"tls.crt" is missing' },
  { what: 'a number as private key', data: withKey(1), told: '"tls.key" is missing' },
  { what: 'a map as private key', data: withKey({}), told: '"tls.key" is missing' },
  { what: 'a certificate in the prototype only', data: Object.create(both('YQ==', 'YQ==')), told: 'is missing' },
  { what: 'PEM without base64 as certificate', data: withCertificate(certificatePem), told: '"tls.crt" is not base64' },
  { what: 'PEM without base64 as private key', data: withKey(privateKeyPem), told: '"tls.key" is not base64' },
  { what: 'base64 that was cut', data: withCertificate(`${text(certificatePem)}A`), told: '"tls.crt" is not base64' },
  { what: 'base64 of base64', data: withCertificate(text(text(certificatePem))), told: 'no PEM block' },
  { what: 'the label "compromised"', data: withKey(text(privateKeyPem)), label: 'compromised', told: '"compromised"' },
  { what: 'the label "Active"', data: withKey(text(privateKeyPem)), label: 'Active', told: '"Active"' },
  { what: 'the label "true"', data: withKey(text(privateKeyPem)), label: 'true', told: '"true"' },
  { what: 'an empty label', data: withKey(text(privateKeyPem)), label: '', told: '""' },
  { what: 'a retired key without a certificate', data: {}, label: 'retired', told: '"tls.crt" is missing' },
  {
    what: 'a retired key with a certificate of garbage',
    data: both(text('x'), text('x')),
    label: 'retired',
    told: 'no PEM block',
  },
];

const CONTENTS: readonly MalformedKey[] = [
  { what: 'certificate and key swapped', data: both(text(privateKeyPem), text(certificatePem)), told: 'no PEM block' },
  { what: 'a certificate in DER', data: withCertificate(bytes(certificateDer)), told: 'convert it to PEM' },
  { what: 'a private key in DER', data: withKey(bytes(keyDer)), told: 'convert it to PEM' },
  { what: 'a huge certificate', data: withCertificate(text('x'.repeat(100_000))), told: 'longer than' },
  { what: 'a huge private key', data: withKey(text('x'.repeat(100_000))), told: 'longer than' },
  { what: 'a file that holds a path', data: withCertificate(text('/etc/tls/tls.crt')), told: 'no PEM block' },
  { what: 'UTF-16', data: withCertificate(bytes(Buffer.from(`\ufeff${certificatePem}`, 'utf16le'))), told: 'not text' },
  {
    what: 'a certificate that was cut',
    data: withCertificate(text(certificatePem.slice(0, 400))),
    told: 'no end line',
  },
  { what: 'a private key that was cut', data: withKey(text(privateKeyPem.slice(0, 400))), told: 'no end line' },
  {
    what: 'a certificate on one line',
    data: withCertificate(text(certificatePem.replaceAll('\n', ' '))),
    told: 'no PEM block',
  },
  {
    what: 'a certificate without its last lines',
    data: withCertificate(text(encodePem('CERTIFICATE', certificateDer.slice(0, 300)))),
    told: 'certificate',
  },
  {
    what: 'a private key without its last lines',
    data: withKey(text(encodePem('RSA PRIVATE KEY', keyDer.slice(0, 300)))),
    told: 'key',
  },
  {
    what: 'an empty certificate block',
    data: withCertificate(text(encodePem('CERTIFICATE', new Uint8Array()))),
    told: 'certificate',
  },
  { what: 'an empty key block', data: withKey(text(encodePem('RSA PRIVATE KEY', new Uint8Array()))), told: 'key' },
  {
    what: 'a block that is not base64',
    data: withKey(text('-----BEGIN RSA PRIVATE KEY-----\n%%%\n-----END RSA PRIVATE KEY-----\n')),
    told: 'not base64',
  },
  {
    what: 'a PKCS#1 key under the label of PKCS#8',
    data: withKey(text(encodePem('PRIVATE KEY', keyDer))),
    told: 'key',
  },
  {
    what: 'a certificate under the label of a key',
    data: withKey(text(encodePem('RSA PRIVATE KEY', certificateDer))),
    told: 'key',
  },
  {
    what: 'a private key whose second half is blank',
    data: withKey(text(encodePem('RSA PRIVATE KEY', blanked(keyDer, 600, 400)))),
    told: 'key',
  },
  {
    what: 'very many unknown blocks',
    data: withKey(text(Array.from({ length: 900 }, (_, at) => encodePem(`NOTE ${at}`, new Uint8Array(1))).join(''))),
    told: 'no PEM block',
  },
];

const KINDS: readonly MalformedKey[] = [
  {
    what: 'an elliptic certificate',
    data: withCertificate(text(ELLIPTIC_CERTIFICATE_PEM)),
    told: 'an elliptic curve key',
  },
  {
    what: 'an elliptic private key, SEC1',
    data: withKey(text(elliptic.export({ type: 'sec1', format: 'pem' }).toString())),
    told: 'an elliptic curve key',
  },
  { what: 'an elliptic private key, PKCS#8', data: withKey(text(pkcs8(elliptic))), told: 'an elliptic curve key' },
  { what: 'an Ed25519 private key', data: withKey(text(pkcs8(edwards))), told: 'an Ed25519 key' },
  { what: 'an RSA-PSS private key', data: withKey(text(pkcs8(pss))), told: 'an RSA-PSS key' },
  { what: 'an RSA key of 512 bits', data: withKey(text(pkcs8(tiny))), told: '512 bits' },
  { what: 'an encrypted PKCS#1 key', data: withKey(text(encrypted('pkcs1'))), told: 'passphrase' },
  { what: 'an encrypted PKCS#8 key', data: withKey(text(encrypted('pkcs8'))), told: 'passphrase' },
  {
    what: 'a public key as private key',
    data: withKey(text(rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString())),
    told: '"PUBLIC KEY"',
  },
  {
    what: 'a request as certificate',
    data: withCertificate(text(encodePem('CERTIFICATE REQUEST', certificateDer))),
    told: '"CERTIFICATE REQUEST"',
  },
  {
    what: 'a key of OpenSSH',
    data: withKey(text(encodePem('OPENSSH PRIVATE KEY', keyDer))),
    told: '"OPENSSH PRIVATE KEY"',
  },
];

/** All of them; every one has another `what`. */
export const MALFORMED_KEYS: readonly MalformedKey[] = [...SHAPES, ...CONTENTS, ...KINDS];

/** The key Secret of `malformed`. */
export function malformedKeySecret(namespace: string, name: string, malformed: MalformedKey): KubeObject {
  const { data, label = 'active' } = malformed;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { namespace, name, labels: { [KEY_LABEL]: label } },
    ...(data === undefined ? {} : { data }),
  };
}
