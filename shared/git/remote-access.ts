/** @module Turns credentials into what git reads them from: settings for https, private files for ssh. Both are gone after the call. */
import { GitError } from './errors.ts';
import type { GitCredentials } from './git-credentials.ts';
import type { GitSetting } from './git-environment.ts';
import { withPrivateFolder, writePrivateFile } from './private-files.ts';
import type { RepositoryUrl } from './repository-url.ts';
import { composeSshCommand } from './ssh-command.ts';

/** What a git program needs beside the common environment to reach one repository. */
export interface RemoteAccess {
  readonly settings: readonly GitSetting[];
  readonly variables: Readonly<Record<string, string>>;
}

const DEFAULT_USERNAME = 'git';

/**
 * Calls `use` with the access that `credentials` give to `url`; files below `parent` exist for the time of the call only.
 * @throws GitError `GIT_CREDENTIALS_INVALID` when they do not fit the transport, `GIT_FAILED` when ssh cannot be given a path
 */
export async function withRemoteAccess<T>(
  url: RepositoryUrl,
  credentials: GitCredentials,
  parent: string,
  use: (access: RemoteAccess) => Promise<T>,
): Promise<T> {
  if (url.transport === 'file') return use({ settings: [], variables: {} });
  if (url.transport === 'ssh') return withSshAccess(credentials, parent, use);
  const settings = headerSettings(url, credentials);
  const files = listTlsFiles(credentials);
  if (files.length === 0) return use({ settings, variables: {} });
  return withPrivateFolder(parent, async (folder) => {
    for (const { name, setting, text } of files)
      settings.push([scopedName(url, setting), await writePrivateFile(folder, name, text)]);
    return use({ settings, variables: {} });
  });
}

/** The files that TLS needs, and the settings that name them. */
function listTlsFiles({
  caPem,
  tlsCertPem,
  tlsKey,
}: GitCredentials): { name: string; setting: string; text: string }[] {
  if ((tlsCertPem === undefined) !== (tlsKey === undefined)) {
    throw invalid('a client certificate needs both "tls.crt" and "tls.key"');
  }
  const files: { name: string; setting: string; text: string }[] = [];
  if (caPem !== undefined) files.push({ name: 'ca.crt', setting: 'sslCAInfo', text: caPem });
  if (tlsCertPem !== undefined) files.push({ name: 'tls.crt', setting: 'sslCert', text: tlsCertPem });
  if (tlsKey !== undefined) files.push({ name: 'tls.key', setting: 'sslKey', text: textOf(tlsKey) });
  return files;
}

/** Every form in which the credentials could turn up in an output of git. */
export function listSecretForms(credentials: GitCredentials): string[] {
  const { password, bearerToken, identity, tlsKey } = credentials;
  const forms = [password, bearerToken, identity, tlsKey].flatMap((secret) =>
    secret === undefined ? [] : [textOf(secret)],
  );
  return password === undefined ? forms : [...forms, basicValue(credentials)];
}

/** The header is sent to this scheme, host and port only. */
function headerSettings(url: RepositoryUrl, credentials: GitCredentials): GitSetting[] {
  const { username, password, bearerToken, identity, caPem, tlsKey } = credentials;
  const name = scopedName(url, 'extraHeader');
  if (bearerToken !== undefined)
    return [[name, `Authorization: Bearer ${assertOneLine(textOf(bearerToken), 'bearerToken')}`]];
  if (password !== undefined) return [[name, `Authorization: Basic ${basicValue(credentials)}`]];
  if (username !== undefined) throw invalid('it holds a username and no password');
  if (identity !== undefined && caPem === undefined && tlsKey === undefined) {
    throw invalid('it holds an ssh identity, and the address is https', 'add username and password, or bearerToken');
  }
  return [];
}

function basicValue({ username, password }: GitCredentials): string {
  const user = username ?? DEFAULT_USERNAME;
  if (user.includes(':')) throw invalid('the username holds a colon');
  return Buffer.from(`${user}:${password === undefined ? '' : textOf(password)}`, 'utf8').toString('base64');
}

function scopedName(url: RepositoryUrl, name: string): string {
  return `http.${new URL(url.address).origin}/.${name}`;
}

async function withSshAccess<T>(
  { identity, knownHosts }: GitCredentials,
  parent: string,
  use: (access: RemoteAccess) => Promise<T>,
): Promise<T> {
  if (identity === undefined)
    throw invalid('ssh needs a private key in "identity"', 'name a Secret with identity and known_hosts in secretRef');
  if (knownHosts === undefined || knownHosts.trim() === '') {
    throw invalid(
      'ssh needs the keys of the host in "known_hosts"',
      'add the output of ssh-keyscan, after comparing it with what the host publishes',
    );
  }
  return withPrivateFolder(parent, async (folder) => {
    const files = {
      identity: await writePrivateFile(folder, 'identity', toUnixText(textOf(identity))),
      knownHosts: await writePrivateFile(folder, 'known_hosts', toUnixText(knownHosts)),
    };
    return use({ settings: [], variables: { GIT_SSH_COMMAND: composeSshCommand(files), GIT_SSH_VARIANT: 'ssh' } });
  });
}

/** The ssh program refuses a key whose last line does not end, and one with carriage returns. */
function toUnixText(text: string): string {
  return `${text.replaceAll('\r\n', '\n').trimEnd()}\n`;
}

function assertOneLine(text: string, key: string): string {
  if (/[^\x20-\x7e]/.test(text)) throw invalid(`"${key}" holds a character that cannot stand in a header`);
  return text;
}

function textOf(secret: { expose(): Uint8Array }): string {
  return Buffer.from(secret.expose()).toString('utf8');
}

function invalid(why: string, hint?: string): GitError {
  return new GitError(
    'GIT_CREDENTIALS_INVALID',
    `cannot use the credentials of the repository: ${why}`,
    hint === undefined ? {} : { hint },
  );
}
