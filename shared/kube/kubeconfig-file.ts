/** @module Reads kubeconfig files and merges them as kubectl does: of each name, and of the current context, the first wins. */
import { readFile } from 'node:fs/promises';
import { decodeInputText } from '../encoding/input-text.ts';
import { isMap } from '../encoding/value-kind.ts';
import { parseDocuments } from '../encoding/yaml-documents.ts';
import { describeError } from '../errors/describe-error.ts';
import { KubeError } from './errors.ts';
import { fileProblem } from './file-text.ts';
import { KubeconfigEntry } from './kubeconfig-entry.ts';

/** What one or several kubeconfig files say together. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly currentContext: string | undefined;
}

const MAX_BYTES = 8 * 1024 * 1024;

/** The kubeconfig in `file`; null when there is no such file. Throws `KUBE_KUBECONFIG_INVALID`. */
export async function readKubeconfigFile(file: string): Promise<Kubeconfig | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isMap(error) && error['code'] === 'ENOENT') return null;
    throw invalid(file, fileProblem(error));
  }
  return readKubeconfigRoot(file, parseRoot(file, bytes));
}

/** The kubeconfig that `root`, read from `file`, says. Throws `KUBE_KUBECONFIG_INVALID`. */
export function readKubeconfigRoot(file: string, root: Readonly<Record<string, unknown>>): Kubeconfig {
  const kind = root['kind'];
  if (kind !== undefined && kind !== null && kind !== '' && kind !== 'Config')
    throw invalid(file, 'its kind is not Config');
  const current = root['current-context'];
  return {
    clusters: readEntries(file, root, 'cluster'),
    users: readEntries(file, root, 'user'),
    contexts: readEntries(file, root, 'context'),
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
  };
}

/** The sum of `configs`, the earlier before the later. An entry is taken whole or not at all. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return {
    clusters: firstOf(configs.map((config) => config.clusters)),
    users: firstOf(configs.map((config) => config.users)),
    contexts: firstOf(configs.map((config) => config.contexts)),
    currentContext: configs.find((config) => config.currentContext !== undefined)?.currentContext,
  };
}

/** An empty file is an empty kubeconfig; of several documents kubectl reads the first. */
function parseRoot(file: string, bytes: Uint8Array): Record<string, unknown> {
  let root: unknown;
  try {
    const [first] = parseDocuments(decodeInputText(bytes, file), { where: file, maxBytes: MAX_BYTES });
    root = first?.value ?? {};
  } catch (error) {
    throw invalid(file, describeError(error));
  }
  if (!isMap(root)) throw invalid(file, 'it is no kubeconfig');
  return root;
}

function readEntries(
  file: string,
  root: Readonly<Record<string, unknown>>,
  kind: KubeconfigEntry['kind'],
): ReadonlyMap<string, KubeconfigEntry> {
  const list = root[`${kind}s`] ?? [];
  if (!Array.isArray(list)) throw invalid(file, `${kind}s is not a list`);
  const entries = new Map<string, KubeconfigEntry>();
  for (const item of list) {
    if (!isMap(item) || typeof item['name'] !== 'string') throw invalid(file, `${kind}s has an entry without a name`);
    const fields = item[kind] ?? {};
    const name = item['name'];
    if (!isMap(fields)) throw invalid(file, `${kind} ${JSON.stringify(name)} is not a map`);
    if (entries.has(name)) throw invalid(file, `${kind}s names ${JSON.stringify(name)} twice`);
    entries.set(name, new KubeconfigEntry(kind, name, file, fields));
  }
  return entries;
}

function firstOf(maps: readonly ReadonlyMap<string, KubeconfigEntry>[]): ReadonlyMap<string, KubeconfigEntry> {
  // Of equal keys a Map keeps the last one given.
  return new Map(maps.toReversed().flatMap((map) => [...map]));
}

function invalid(file: string, problem: string): KubeError {
  return new KubeError('KUBE_KUBECONFIG_INVALID', `cannot read kubeconfig ${file}: ${problem}`);
}
