/**
 * @module A kubeconfig that somebody else wrote, such as one in a Secret: nothing of it may run a program, read a file of this machine
 * or lower the guard. What is not known to be harmless is refused, whether the chosen context uses it or not.
 */
import { decodeInputText } from '../encoding/input-text.ts';
import { isMap } from '../encoding/value-kind.ts';
import { parseDocuments } from '../encoding/yaml-documents.ts';
import { describeError } from '../errors/describe-error.ts';
import type { ClusterConnection } from './connection.ts';
import { KubeError } from './errors.ts';
import { clusterFacts } from './kubeconfig-cluster.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';
import { readKubeconfigRoot } from './kubeconfig-file.ts';
import { createUserCredentials } from './kubeconfig-user.ts';

const MAX_BYTES = 1024 * 1024;

/** Never, at any depth, whatever its value. */
const FORBIDDEN: ReadonlyMap<string, string> = new Map([
  ['exec', 'it would run a program here'],
  ['auth-provider', 'it would run a program here'],
  ['certificate-authority', 'it names a file of this machine; use certificate-authority-data'],
  ['client-certificate', 'it names a file of this machine; use client-certificate-data'],
  ['client-key', 'it names a file of this machine; use client-key-data'],
  ['tokenFile', 'it names a file of this machine; use token'],
  ['proxy-url', 'it would send requests through an address of its own'],
]);

/** All that entries may say. Other fields are refused, so that none that a later kubectl invents is overlooked. */
const KNOWN: Readonly<Record<'clusters' | 'users' | 'contexts', { entry: string; fields: readonly string[] }>> = {
  clusters: {
    entry: 'cluster',
    fields: [
      'server',
      'certificate-authority-data',
      'tls-server-name',
      'disable-compression',
      'insecure-skip-tls-verify',
      'extensions',
    ],
  },
  users: {
    entry: 'user',
    fields: [
      'token',
      'client-certificate-data',
      'client-key-data',
      'as',
      'as-uid',
      'as-groups',
      'as-user-extra',
      'extensions',
    ],
  },
  contexts: { entry: 'context', fields: ['cluster', 'user', 'namespace', 'extensions'] },
};

/**
 * The connection of the current context of the kubeconfig in `bytes`; `where` is its place for messages. Nothing is sent, and the
 * variables of the process, which may name a proxy, do not count. Throws `KUBE_KUBECONFIG_INVALID`; no message quotes a credential.
 */
export async function inlineConnection(
  bytes: Uint8Array,
  where: string,
  now: () => number = Date.now,
): Promise<ClusterConnection> {
  const root = parse(bytes, where);
  assertHarmless(root, where);
  const config = readKubeconfigRoot(where, root);
  const context = config.contexts.get(config.currentContext ?? '');
  if (context === undefined) throw invalid(where, 'its current-context names none of its contexts');
  const cluster = find(config.clusters, context, 'cluster');
  const user = find(config.users, context, 'user');
  if (!/^https:\/\//i.test(cluster.text('server') ?? '')) throw cluster.invalid('server is no https address');
  const facts = await clusterFacts(cluster, user, {});
  return {
    ...facts,
    namespace: context.text('namespace') ?? 'default',
    credentials: await createUserCredentials(user, facts, now),
    describe: () => `${facts.server} (${where})`,
  };
}

function find(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  context: KubeconfigEntry,
  kind: 'cluster' | 'user',
): KubeconfigEntry {
  const name = context.text(kind);
  const entry = name === undefined ? undefined : entries.get(name);
  if (entry === undefined) throw context.invalid(`there is no ${kind} ${JSON.stringify(name ?? '')}`);
  return entry;
}

/** Several documents are refused: tools differ in which of them they take. */
function parse(bytes: Uint8Array, where: string): Readonly<Record<string, unknown>> {
  let documents: readonly { readonly value: unknown }[];
  try {
    documents = parseDocuments(decodeInputText(bytes, 'it'), { where: 'it', maxBytes: MAX_BYTES });
  } catch (error) {
    throw invalid(where, describeError(error));
  }
  const [first, ...others] = documents;
  if (others.length > 0 || !isMap(first?.value)) throw invalid(where, 'it is no kubeconfig of one document');
  return first.value;
}

function assertHarmless(root: Readonly<Record<string, unknown>>, where: string): void {
  const found = findForbidden(root);
  if (found !== null) throw invalid(where, `${found.field} is not allowed: ${found.reason}`);
  for (const [list, { entry, fields }] of Object.entries(KNOWN)) {
    const items = Array.isArray(root[list]) ? root[list].filter(isMap) : [];
    for (const item of items) {
      const value = item[entry];
      const unknown = isMap(value) ? Object.keys(value).find((field) => !fields.includes(field)) : undefined;
      if (unknown !== undefined) throw invalid(where, `a ${entry} has field ${quote(unknown)}, which is not allowed`);
    }
  }
}

function findForbidden(root: unknown): { readonly field: string; readonly reason: string } | null {
  for (const [field, value] of fieldsOf(root)) {
    const reason = FORBIDDEN.get(field);
    if (reason !== undefined) return { field, reason };
    if (field === 'insecure-skip-tls-verify' && value !== false)
      return { field, reason: 'anybody on the way could read and change everything' };
  }
  return null;
}

/** Every field of every map, at any depth. */
function* fieldsOf(value: unknown): Iterable<readonly [string, unknown]> {
  if (Array.isArray(value)) for (const item of value) yield* fieldsOf(item);
  if (!isMap(value)) return;
  for (const entry of Object.entries(value)) {
    yield entry;
    yield* fieldsOf(entry[1]);
  }
}

function quote(field: string): string {
  return JSON.stringify(field.slice(0, 64));
}

function invalid(where: string, problem: string): KubeError {
  return new KubeError('KUBE_KUBECONFIG_INVALID', `cannot use kubeconfig ${where}: ${problem}`);
}
