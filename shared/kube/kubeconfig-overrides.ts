/** @module What a command line lays over a kubeconfig, by kubectl's rules: which entries, and single fields of them. */
import path from 'node:path';
import { KubeconfigEntry } from './kubeconfig-entry.ts';

/** Each field takes the place of what the kubeconfig says; absent and empty ones change nothing. */
export interface KubeconfigOverrides {
  /** Names of the entries to use in place of the context's. */
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  readonly server?: string;
  /** Paths of files, relative to the working directory. */
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly disableCompression?: boolean;
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly asUid?: string;
  readonly asGroups?: readonly string[];
}

/** How messages call what comes from no file. */
const COMMAND_LINE = 'the command line';

/** An entry without fields, for a command line that brings its own. */
export function emptyEntry(kind: KubeconfigEntry['kind']): KubeconfigEntry {
  return new KubeconfigEntry(kind, '', COMMAND_LINE, {});
}

/** `cluster` with the overrides of clusters; undefined when there is neither. `cwd` is what paths start from. */
export function overrideCluster(
  cluster: KubeconfigEntry | undefined,
  overrides: KubeconfigOverrides,
  cwd: string,
): KubeconfigEntry | undefined {
  const { server, tlsServerName, proxyUrl, certificateAuthority, insecureSkipTlsVerify, disableCompression } =
    overrides;
  const changesTrust = isSet(certificateAuthority) || insecureSkipTlsVerify === true;
  const fields = {
    ...(isSet(server) && { server }),
    ...(isSet(tlsServerName) && { 'tls-server-name': tlsServerName }),
    ...(isSet(proxyUrl) && { 'proxy-url': proxyUrl }),
    ...(disableCompression === true && { 'disable-compression': true }),
    ...(changesTrust && {
      'insecure-skip-tls-verify': insecureSkipTlsVerify === true,
      'certificate-authority': isSet(certificateAuthority) ? path.resolve(cwd, certificateAuthority) : '',
      'certificate-authority-data': '',
    }),
  };
  if (Object.keys(fields).length === 0) return cluster;
  return (cluster ?? emptyEntry('cluster')).with(fields);
}

/** `user` with the overrides of users; undefined when there is neither. A token from the command line wins over a file with one. */
export function overrideUser(
  user: KubeconfigEntry | undefined,
  overrides: KubeconfigOverrides,
  cwd: string,
): KubeconfigEntry | undefined {
  const { token, username, password, clientCertificate, clientKey, as, asUid, asGroups } = overrides;
  const fields = {
    ...(isSet(token) && { token, tokenFile: '' }),
    ...(isSet(username) && { username }),
    ...(isSet(password) && { password }),
    ...(isSet(clientCertificate) && fileFields('client-certificate', path.resolve(cwd, clientCertificate))),
    ...(isSet(clientKey) && fileFields('client-key', path.resolve(cwd, clientKey))),
    ...(isSet(as) && { as }),
    ...(isSet(asUid) && { 'as-uid': asUid }),
    ...(asGroups !== undefined && asGroups.length > 0 && { 'as-groups': asGroups }),
  };
  if (Object.keys(fields).length === 0) return user;
  return (user ?? emptyEntry('user')).with(fields);
}

/** A file takes the place of what the kubeconfig holds inline, which would win otherwise. */
function fileFields(field: string, file: string): Record<string, string> {
  return { [field]: file, [`${field}-data`]: '' };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
