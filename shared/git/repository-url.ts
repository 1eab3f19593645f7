/** @module Which repository addresses are accepted, and how an address may be shown. Refusals never repeat the address. */
import { isLoopback } from '../encoding/loopback.ts';
import { GitError } from './errors.ts';

/** How a repository is reached. */
export type GitTransport = 'https' | 'http' | 'ssh' | 'file';

/** An address that passed {@link parseRepositoryUrl}. */
export interface RepositoryUrl {
  readonly transport: GitTransport;
  /** What git is given: normalised, and free of credentials. */
  readonly address: string;
  /** Host with port where one is given; empty for `file`. */
  readonly host: string;
}

/** What is accepted beside https and ssh. Both default to false; plain http to this machine is always accepted. */
export interface UrlPolicy {
  /** Plain http to any host: credentials and content travel in the clear. */
  readonly allowHttp?: boolean;
  /** `file://` addresses, which read whatever repository the process may read. */
  readonly allowFile?: boolean;
}

const MAX_LENGTH = 2048;
const SCP_FORM =
  /^(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(.+)$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * The repository that `text` names: `https://`, `ssh://`, `user@host:path`, and what `policy` adds.
 * @throws GitError `GIT_CREDENTIALS_IN_URL`, `GIT_URL_REFUSED`
 */
export function parseRepositoryUrl(text: string, policy: UrlPolicy = {}): RepositoryUrl {
  if (text === '') throw refused('it is empty');
  if (text.length > MAX_LENGTH) throw refused(`it is longer than ${MAX_LENGTH} characters`);
  if (/[^\x21-\x7e]/.test(text)) throw refused('it holds a blank, a control character or a character beyond ASCII');
  if (text.startsWith('-')) throw refused('it begins with "-"');
  if (text.includes('\\')) throw refused('it holds a backslash');
  if (/^[A-Za-z0-9+._-]*::/.test(text)) throw refused('remote helpers ("name::address") are not used');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return parseScpForm(text);
  return parseWithScheme(scheme, text, policy);
}

function parseWithScheme(scheme: string, text: string, policy: UrlPolicy): RepositoryUrl {
  if (scheme !== 'https' && scheme !== 'http' && scheme !== 'ssh' && scheme !== 'file') {
    throw refused(`the scheme "${scheme}" is not accepted`, 'use https:// or ssh://');
  }
  const url = URL.parse(text);
  if (url === null) throw refused('it is not a URL');
  assertNoCredentials(scheme, url);
  if (url.search !== '' || url.hash !== '') throw refused('it has a query or a fragment');
  if (url.pathname === '' || url.pathname === '/') throw refused('it names a host but no repository');
  if (url.hostname.startsWith('-')) throw refused('the host begins with "-"');
  if (scheme === 'file') return parseFile(url, policy);
  if (scheme === 'ssh') return parseSsh(url);
  if (scheme === 'http' && policy.allowHttp !== true && !isLoopback(url.hostname)) {
    throw refused('plain http is accepted for this machine only', 'use https:// or ssh://');
  }
  return { transport: scheme, address: url.href, host: url.host };
}

/** A user name alone is a token at some hosts, so https accepts none; ssh needs one. */
function assertNoCredentials(scheme: string, url: URL): void {
  const isLogin = url.password !== '' || (scheme !== 'ssh' && url.username !== '');
  if (isLogin) throw credentialsInUrl();
}

function parseFile(url: URL, policy: UrlPolicy): RepositoryUrl {
  if (policy.allowFile !== true) throw refused('files of this machine are not accepted', 'use https:// or ssh://');
  if (url.host !== '') throw refused('a file address has no host', 'write file:///path');
  return { transport: 'file', address: url.href, host: '' };
}

function parseSsh(url: URL): RepositoryUrl {
  if (url.username !== '' && !USER.test(url.username)) throw refused('the user name is not accepted');
  // The host reaches the ssh program as an argument of its own.
  if (!/^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])$/.test(url.hostname))
    throw refused('the host is not accepted');
  return { transport: 'ssh', address: url.href, host: url.host };
}

function parseScpForm(text: string): RepositoryUrl {
  const at = text.lastIndexOf('@');
  if (at > 0 && /[:/]/.test(text.slice(0, at))) throw credentialsInUrl();
  const match = SCP_FORM.exec(text);
  const [, , host, path] = match ?? [];
  if (host === undefined || path === undefined) throw refused('it is not a URL', 'use https:// or ssh://');
  if (path.startsWith('-')) throw refused('the path begins with "-"');
  if (path.includes('://') || path.startsWith('//')) throw refused('it is two addresses in one');
  return { transport: 'ssh', address: text, host };
}

function refused(why: string, hint?: string): GitError {
  return new GitError('GIT_URL_REFUSED', `cannot use the repository URL: ${why}`, hint === undefined ? {} : { hint });
}

function credentialsInUrl(): GitError {
  return new GitError(
    'GIT_CREDENTIALS_IN_URL',
    'cannot use the repository URL: the URL holds credentials; use secretRef',
    {
      hint: 'put them into a Secret, name it in secretRef, and replace them: they have been written down',
    },
  );
}
