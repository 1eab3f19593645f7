/**
 * @module Certificate and key of a TLS Secret: whether each can be read, and whether they belong together. Keys of any common kind
 * are tried by signing, so that no private number is ever compared or exported.
 */
import { parseAnyCertificate } from '../certificate/certificate-fields.ts';
import { type PemBlock, parsePemBlocks } from '../certificate/pem.ts';
import { type KeyAlgorithm, keyAlgorithmOf, toPkcs8Like } from '../certificate/signing-key.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { LintCode } from './errors.ts';
import type { LintFinding } from './lint-finding.ts';

/** `tls.crt` and `tls.key`; one may be out of sight. */
export interface TlsPair {
  readonly certificate: SecretBytes | undefined;
  readonly key: SecretBytes | undefined;
}

interface ReadCertificate {
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly notAfter: Date;
  /** Null for kinds of keys that WebCrypto does not know. */
  readonly algorithm: KeyAlgorithm | null;
}

const CERTIFICATE = 'tls.crt';
const KEY = 'tls.key';

/** What is wrong with either, or with both together. */
export async function lintTlsPair(pair: TlsPair, now: Date): Promise<readonly LintFinding[]> {
  const certificate = pair.certificate === undefined ? null : readCertificate(pair.certificate);
  const key = pair.key === undefined ? null : readKey(pair.key);
  const findings = [certificate, key].filter((read): read is LintFinding => read !== null && 'code' in read);
  if (certificate !== null && !('code' in certificate)) {
    if (certificate.notAfter < now) findings.push(expired(certificate.notAfter));
    if (key !== null && !('code' in key)) findings.push(...(await lintMatch(certificate, key)));
  }
  if (key !== null && 'bytes' in key) key.bytes.fill(0);
  return findings;
}

function readCertificate(value: SecretBytes): ReadCertificate | LintFinding {
  const blocks = blocksOf(value)?.filter(({ label }) => label === 'CERTIFICATE');
  const [first, ...others] = blocks ?? [];
  if (first === undefined) return unreadable('LINT_TLS_CERTIFICATE_INVALID', CERTIFICATE, 'holds no PEM certificate');
  try {
    for (const other of others) parseAnyCertificate(other.bytes);
    const { spki, notAfter } = parseAnyCertificate(first.bytes);
    return { spki, notAfter, algorithm: keyAlgorithmOf(spki) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return unreadable('LINT_TLS_CERTIFICATE_INVALID', CERTIFICATE, 'holds a certificate that cannot be read');
  }
}

function readKey(value: SecretBytes): PemBlock | LintFinding {
  const block = blocksOf(value)?.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) return unreadable('LINT_TLS_KEY_INVALID', KEY, 'holds no PEM private key');
  if (block.isEncrypted || block.label === 'ENCRYPTED PRIVATE KEY') {
    const hint = 'decrypt it first, for example with `openssl pkey`: no program could open it';
    return { code: 'LINT_TLS_KEY_ENCRYPTED', key: KEY, message: `"${KEY}" is encrypted with a passphrase`, hint };
  }
  return block;
}

/** Whether a signature of the private key holds for the certificate. */
async function lintMatch({ spki, algorithm }: ReadCertificate, key: PemBlock): Promise<readonly LintFinding[]> {
  if (algorithm === null || (await fits(spki, key, algorithm)) !== false) return [];
  return [
    {
      code: 'LINT_TLS_PAIR_MISMATCH',
      key: KEY,
      message: `"${KEY}" is not the private key of the first certificate in "${CERTIFICATE}"`,
      hint: 'take both from one pair, and put the own certificate before those of its issuers',
    },
  ];
}

/** Null when the certificate's key cannot be used here. */
async function fits(spki: Uint8Array<ArrayBuffer>, key: PemBlock, algorithm: KeyAlgorithm): Promise<boolean | null> {
  const { importAs, signAs } = algorithm;
  const publicKey = await crypto.subtle.importKey('spki', spki, importAs, false, ['verify']).catch(() => null);
  if (publicKey === null) return null;
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const pkcs8 = toPkcs8Like(key, algorithm);
  try {
    const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, importAs, false, ['sign']);
    const signature = await crypto.subtle.sign(signAs, privateKey, challenge);
    return await crypto.subtle.verify(signAs, publicKey, signature, challenge);
  } catch {
    // A key of another kind than the certificate's is refused at the import.
    return false;
  } finally {
    pkcs8.fill(0);
  }
}

function blocksOf(value: SecretBytes): readonly PemBlock[] | null {
  const text = decodeUtf8(value.expose());
  if (text === null) return null;
  try {
    return parsePemBlocks(text);
  } catch (error) {
    if (error instanceof CodedError) return null;
    throw error;
  }
}

function unreadable(code: LintCode, key: string, problem: string): LintFinding {
  return { code, key, message: `"${key}" ${problem}`, hint: 'give it as PEM text, which begins with -----BEGIN' };
}

function expired(notAfter: Date): LintFinding {
  return {
    code: 'LINT_TLS_CERTIFICATE_EXPIRED',
    key: CERTIFICATE,
    message: `"${CERTIFICATE}" expired on ${notAfter.toISOString()}`,
    hint: 'have it issued again',
  };
}
