/**
 * @module Which directories of a tree of manifests are complete by themselves, and why each other one is not. Decided by what stands in
 * the files, by kubectl's own kustomize, and by the kinds that a server has: no code of the sync engine has a say in it.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { canonicalJson } from '../../shared/encoding/json.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { identityOf, type KubeObject, type ObjectIdentity, objectKey } from '../../shared/resources/object-meta.ts';
import { type ProgramResult, runProgram } from './run-program.ts';

/** A directory that a GitSync may follow, with the objects that it has to bring into the cluster. */
export interface CompleteDirectory {
  /** Path from the top of the tree. */
  readonly directory: string;
  /** A kustomization root, or plain files. */
  readonly form: 'kustomization' | 'plain';
  readonly objects: readonly WantedObject[];
}

/** An object as the files name it. */
export interface WantedObject {
  /** Empty where none is written, and of cluster-scoped kinds. */
  readonly identity: ObjectIdentity;
  readonly isNamespaced: boolean;
}

/** A directory that is not complete by itself. */
export interface IncompleteDirectory {
  readonly directory: string;
  readonly reason: string;
}

/** What is served besides the kinds that a directory defines itself. */
export interface ServedKinds {
  isNamespaced(apiVersion: string, kind: string): Promise<boolean | null>;
}

type Finding = CompleteDirectory | IncompleteDirectory;

const KUSTOMIZATION_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const MANIFEST = /\.(?:ya?ml|json)$/;

/** Every directory below `folder` with its objects, or the reason why it is left out; sorted by path. */
export async function findDirectories(
  folder: string,
  kubectl: string,
  served: ServedKinds,
): Promise<readonly (CompleteDirectory | IncompleteDirectory)[]> {
  const top = realpathSync(folder);
  const directories = readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)))
    .toSorted();
  const findings: Finding[] = [];
  for (const directory of directories) findings.push(await judge({ top, directory, kubectl, served }));
  return findings;
}

interface Question {
  readonly top: string;
  readonly directory: string;
  readonly kubectl: string;
  readonly served: ServedKinds;
}

async function judge(question: Question): Promise<Finding> {
  const { top, directory, kubectl, served } = question;
  const folder = path.join(top, directory);
  const kustomization = kustomizationIn(folder);
  const reading = kustomization === null ? await readPlain(folder, kubectl) : await build(question, kustomization);
  if ('reason' in reading) return { directory, reason: reading.reason };
  const objects = await placeAll(reading.objects, served);
  if ('reason' in objects) return { directory, reason: objects.reason };
  return { directory, form: kustomization === null ? 'plain' : 'kustomization', objects: objects.wanted };
}

type Reading = { readonly objects: readonly KubeObject[] } | { readonly reason: string };

function kustomizationIn(folder: string): string | null {
  return KUSTOMIZATION_NAMES.map((name) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

async function build({ top, directory, kubectl }: Question, kustomization: string): Promise<Reading> {
  if (/^kind: Component$/m.test(readFileSync(kustomization, 'utf8'))) {
    return { reason: 'a kustomize component: a part of other kustomizations, and no root' };
  }
  const { code, stdout, stderr } = await kustomize(kubectl, path.join(top, directory));
  if (code !== 0) return { reason: `not built by kustomize: ${shorten(stderr, top)}` };
  return toObjects(parseDocuments(stdout).map(({ value }) => value));
}

function kustomize(kubectl: string, folder: string): Promise<ProgramResult> {
  return runProgram(kubectl, ['kustomize', folder]);
}

/** What kustomize missed, without the way to it. */
function shorten(stderr: string, top: string): string {
  const missing = /lstat (\S+): no such file/.exec(stderr)?.[1];
  if (missing !== undefined) return `the corpus has no ${path.relative(top, missing)}`;
  return stderr.replaceAll(`${top}/`, '').trim().slice(0, 200);
}

/** Kustomizations further down are built for nobody, so they may not say anything that the files do not. */
async function readPlain(folder: string, kubectl: string): Promise<Reading> {
  const meaning: string[] = [];
  for (const root of rootsBelow(folder)) {
    const { code, stdout } = await kustomize(kubectl, path.join(folder, root));
    if (
      code !== 0 ||
      !isSame(
        parseDocuments(stdout).map(({ value }) => value),
        valuesBelow(path.join(folder, root)),
      )
    )
      meaning.push(root);
  }
  if (meaning.length > 0)
    return { reason: `no root, and not plain either: has kustomizations in ${meaning.join(', ')}` };
  return toObjects(valuesBelow(folder));
}

function isSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  const texts = [some, others].map((values) => values.map(canonicalJson).toSorted().join('\n'));
  return texts[0] === texts[1];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

function rootsBelow(folder: string): readonly string[] {
  return filesBelow(folder)
    .filter((file) => KUSTOMIZATION_NAMES.includes(path.basename(file)))
    .map((file) => path.dirname(file));
}

/** Everything that the manifests below `folder` hold, kustomizations aside; lists taken apart. */
function valuesBelow(folder: string): readonly unknown[] {
  return filesBelow(folder)
    .filter((file) => MANIFEST.test(file) && !KUSTOMIZATION_NAMES.includes(path.basename(file)))
    .flatMap((file) => parseDocuments(decodeInputText(readFileSync(path.join(folder, file)), file)))
    .flatMap(({ value }) => (isList(value) ? value.items : [value]));
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  return Array.isArray((value as { items?: unknown } | null)?.items);
}

function toObjects(values: readonly unknown[]): Reading {
  const objects = values as readonly KubeObject[];
  if (objects.length === 0) return { reason: 'no objects: its files hold comments alone' };
  const odd = objects.find(({ apiVersion, kind }) => apiVersion === undefined || kind === undefined);
  if (odd !== undefined) return { reason: `holds a file that is no object: ${Object.keys(odd).join(', ')}` };
  const nameless = objects.find(({ metadata }) => metadata?.name === undefined);
  if (nameless === undefined) return { objects };
  const { kind, metadata } = nameless;
  return { reason: `${kind} ${metadata?.['generateName'] ?? ''} has no name of its own, only generateName` };
}

type Placing = { readonly wanted: readonly WantedObject[] } | { readonly reason: string };

/** The objects, unless a kind is served by nobody, or an object is written twice. */
async function placeAll(objects: readonly KubeObject[], served: ServedKinds): Promise<Placing> {
  const defined = new Map(objects.filter(({ kind }) => kind === 'CustomResourceDefinition').flatMap(definedKinds));
  const unserved = new Set<string>();
  const twice = new Set<string>();
  const wanted = new Map<string, WantedObject>();
  for (const object of objects) {
    const type = `${object.kind} of ${object.apiVersion}`;
    const isNamespaced = defined.get(type) ?? (await served.isNamespaced(object.apiVersion, object.kind));
    if (isNamespaced === null) unserved.add(type);
    const written = identityOf(object);
    const identity = { ...written, namespace: isNamespaced === false ? '' : written.namespace };
    const key = objectKey(identity);
    if (wanted.has(key)) twice.add(`${object.kind} ${identity.name}`);
    wanted.set(key, { identity, isNamespaced: isNamespaced !== false });
  }
  if (unserved.size > 0) return { reason: `not served: ${[...unserved].toSorted().join(', ')}` };
  if (twice.size > 0) return { reason: `written twice: ${[...twice].toSorted().join(', ')}` };
  return { wanted: [...wanted.values()] };
}

function definedKinds(definition: KubeObject): readonly (readonly [string, boolean])[] {
  const { group, names, scope, versions } = definition['spec'] as {
    group: string;
    names: { kind: string };
    scope: string;
    versions: readonly { name: string; served: boolean }[];
  };
  return versions
    .filter((version) => version.served)
    .map(({ name }) => [`${names.kind} of ${group}/${name}`, scope === 'Namespaced'] as const);
}
