/** @module The login for one repository, and how it is read from a Secret. */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import type { Secret } from '../resources/secret.ts';
import { GitError } from './errors.ts';

/** What a repository may ask for. https uses a bearer token, or user name and password; ssh uses identity and known hosts. */
export interface GitCredentials {
  readonly username?: string;
  readonly password?: SecretBytes;
  readonly bearerToken?: SecretBytes;
  /** Certificates to trust for https, beside those of the system. */
  readonly caPem?: string;
  /** Certificate, with those of its issuers, by which https knows us; with {@link tlsKey}. */
  readonly tlsCertPem?: string;
  readonly tlsKey?: SecretBytes;
  /** Private key without a passphrase, in a form that the ssh program reads. */
  readonly identity?: SecretBytes;
  /** Lines as in the ssh program's known_hosts file. */
  readonly knownHosts?: string;
}

const MAX_VALUE_BYTES = 256 * 1024;

/**
 * The login that `secret` holds under `username`, `password`, `bearerToken`, `ca.crt`, `tls.crt`, `tls.key`, `identity` and `known_hosts`; other keys are
 * ignored. One line break at the end of a user name, password or token is dropped: it comes from an editor, and no login has one.
 * @throws GitError `GIT_CREDENTIALS_INVALID`, naming the key and never the value
 */
export function readGitCredentials(secret: Secret): GitCredentials {
  const read = (key: string): string | undefined => readText(secret, key);
  const line = (key: string): string | undefined => readLine(secret, key);
  const [username, password, bearerToken] = [line('username'), line('password'), line('bearerToken')];
  const [caPem, identity, knownHosts] = [read('ca.crt'), read('identity'), read('known_hosts')];
  const [tlsCertPem, tlsKey] = [read('tls.crt'), read('tls.key')];
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: SecretBytes.fromText(password) }),
    ...(bearerToken !== undefined && { bearerToken: SecretBytes.fromText(bearerToken) }),
    ...(caPem !== undefined && { caPem }),
    ...(tlsCertPem !== undefined && { tlsCertPem }),
    ...(tlsKey !== undefined && { tlsKey: SecretBytes.fromText(tlsKey) }),
    ...(identity !== undefined && { identity: SecretBytes.fromText(identity) }),
    ...(knownHosts !== undefined && { knownHosts }),
  };
}

function readLine(secret: Secret, key: string): string | undefined {
  const text = readText(secret, key)?.replace(/\r?\n$/, '');
  if (text !== undefined && /\p{Cc}/u.test(text))
    throw invalid(secret, key, 'holds a line break or a control character');
  return text;
}

function readText(secret: Secret, key: string): string | undefined {
  const data = secret.data ?? {};
  if (!Object.hasOwn(data, key)) return undefined;
  const value: unknown = data[key];
  if (typeof value !== 'string') throw invalid(secret, key, 'is not text');
  const bytes = tryDecodeBase64(value);
  if (typeof bytes === 'number') throw invalid(secret, key, 'is not base64');
  if (bytes.length > MAX_VALUE_BYTES) throw invalid(secret, key, `is larger than ${MAX_VALUE_BYTES / 1024} KiB`);
  const text = decodeUtf8(bytes);
  if (text === null) throw invalid(secret, key, 'is not UTF-8 text');
  return text === '' ? undefined : text;
}

function invalid(secret: Secret, key: string, why: string): GitError {
  const name = `${secret.metadata.namespace ?? ''}/${secret.metadata.name ?? ''}`;
  return new GitError('GIT_CREDENTIALS_INVALID', `cannot use Secret ${name} for Git: key "${key}" ${why}`);
}
