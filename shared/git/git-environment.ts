/**
 * @module What every git program runs with: an environment that inherits almost nothing, and settings that no file of the machine
 * or of a repository can change. Settings travel in variables, never in arguments, which other users of the machine may read.
 */
import type { GitTransport } from './repository-url.ts';

/** One setting of git: name and value. */
export type GitSetting = readonly [name: string, value: string];

/** The variables of the surrounding process that reach git; every other one is ignored. */
export type GitVariables = Readonly<Record<string, string | undefined>>;

const INHERITED = ['PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
const INHERITED_FOR_HTTPS = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy'];

const FIXED_SETTINGS: readonly GitSetting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['core.logAllRefUpdates', 'false'],
  // Larger blobs are checked and stored as a stream: a huge file costs disk, not memory.
  ['core.bigFileThreshold', '8m'],
  // Each thread holds objects of its own.
  ['pack.threads', '2'],
  ['credential.helper', ''],
  ['transfer.credentialsInUrl', 'die'],
  ['transfer.bundleURI', 'false'],
  ['http.followRedirects', 'false'],
  ['http.sslVerify', 'true'],
  // Ends a stalled transfer even when the process that started it is no longer there to do so.
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  ['fetch.fsckObjects', 'true'],
  // Old importers wrote these; they are no danger to somebody who makes no work tree.
  ['fetch.fsck.zeroPaddedFilemode', 'ignore'],
  ['fetch.fsck.badTimezone', 'ignore'],
  ['fetch.fsck.missingSpaceBeforeDate', 'ignore'],
  ['fetch.unpackLimit', '1'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.version', '2'],
  ['protocol.allow', 'never'],
];

/** The whole environment of a git program that may use `transport`, or no network at all for `none`. */
export function createGitEnvironment(
  variables: GitVariables,
  transport: GitTransport | 'none',
  settings: readonly GitSetting[] = [],
): Record<string, string> {
  // Plain http is for this machine: a proxy would send it, and its credentials, away.
  const inherited = transport === 'https' ? [...INHERITED, ...INHERITED_FOR_HTTPS] : INHERITED;
  const allowed: readonly GitSetting[] = transport === 'none' ? [] : [[`protocol.${transport}.allow`, 'always']];
  return {
    ...pick(variables, inherited),
    LC_ALL: 'C',
    HOME: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Folders, commits and what deltas become are held whole: a pack of a few KiB can say that one has gigabytes.
    GIT_ALLOC_LIMIT: '128m',
    GIT_ALLOW_PROTOCOL: transport === 'none' ? '' : transport,
    ...toVariables([...FIXED_SETTINGS, ...allowed, ...settings]),
  };
}

function toVariables(settings: readonly GitSetting[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [index, [name, value]] of settings.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = name;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

function pick(variables: GitVariables, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = variables[name];
    if (value !== undefined && value !== '') picked[name] = value;
  }
  return picked;
}
