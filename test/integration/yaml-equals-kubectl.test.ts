import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, type TestContext, test } from 'vitest';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { canonicalJson } from '../../shared/encoding/json.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { findOnPath } from '../control-plane/environment.ts';
import { jsonValue } from '../support/arbitrary-json.ts';
import { runProgram } from '../support/run-program.ts';

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus');
const kubectl = findKubectl();
let folder: string;

/** What makes an object out of anything. */
const HEAD = 'apiVersion: signet.dev/test\nkind: Probe\nmetadata: {name: probe}\n';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-yaml-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The control plane's own kubectl, or whichever PATH has. */
function findKubectl(): string | undefined {
  const pinned = inject('kubectl');
  return existsSync(pinned) ? pinned : findOnPath('kubectl', process.env);
}

function skipWithout(context: TestContext, { needsCorpus }: { readonly needsCorpus: boolean }): void {
  context.skip(kubectl === undefined, 'there is no kubectl');
  context.skip(needsCorpus && !existsSync(corpus), 'the corpus of real files is not there');
}

/** What kubectl decodes, or null when it refuses: without a cluster, and with one annotation added to each object. */
async function kubectlDecodes(...files: readonly string[]): Promise<readonly unknown[] | null> {
  const args = ['annotate', '--local', '-o', 'json', ...files.flatMap((file) => ['-f', file]), 'signet-test=1'];
  const result = await runProgram(kubectl ?? '', args, { env: { KUBECONFIG: '/dev/null', HOME: folder } });
  if (result.code !== 0) return null;
  return parseDocuments(result.stdout, { maxBytes: Number.POSITIVE_INFINITY }).map(({ value }) => value);
}

/** What we decode, in the shape in which kubectl prints it; throws when we refuse, or when it is no object. */
function weDecode(...files: readonly string[]): readonly unknown[] {
  return files.flatMap((file) => {
    const text = decodeInputText(readFileSync(file), file);
    return parseDocuments(text, { where: file }).flatMap(({ value }) => asPrinted(value));
  });
}

/** Lists are taken apart, the annotation is added, and managed fields are dropped. */
function asPrinted(value: unknown): readonly unknown[] {
  if (!isMap(value) || typeof value['kind'] !== 'string') throw new TypeError('not an object');
  if ('items' in value) return Array.isArray(value['items']) ? value['items'].flatMap(asPrinted) : [];
  const { managedFields: _dropped, ...metadata } = isMap(value['metadata']) ? value['metadata'] : {};
  const annotations = isMap(metadata['annotations']) ? metadata['annotations'] : {};
  return [{ ...value, metadata: { ...metadata, annotations: { ...annotations, 'signet-test': '1' } } }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal for the same object in any order; integers that kubectl holds as floats lose their last digits on both sides. */
function comparable(value: unknown): string {
  return canonicalJson(value).replace(/(?<=[:[,])-?\d{17,}(?=[,\]}])/g, (digits) => {
    const exact = BigInt(digits);
    return exact >= -(2n ** 63n) && exact < 2n ** 63n ? digits : String(Number(digits));
  });
}

function canonical(objects: readonly unknown[] | null): readonly string[] | null {
  return objects?.map(comparable) ?? null;
}

/** Every file below folder `name` of the corpus, by its path inside of the corpus. */
function filesBelow(name: string): readonly string[] {
  return readdirSync(path.join(corpus, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(corpus, name, file)).isFile())
    .map((file) => path.join(name, file))
    .toSorted();
}

function batches<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** `work` for every item, two at a time: kubectl is a short program that keeps one core busy. */
async function twoAtATime<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

/** Files that hold YAML and no object (no kind; a list), which kubectl refuses for that alone: their values are compared inside of one. */
const NO_OBJECTS = [
  'apps/argocd-example-apps/pre-post-sync/kustomization.yaml',
  'apps/argocd-example-apps/sock-shop/kustomization.yaml',
  'yaml-traps/onedr0p-home-ops/cluster/core/cert-manager/issuers/kustomization.yaml',
  'yaml-traps/redhat-cop-gitops-catalog/amq-broker-operator/instance/components/certificates/init-build-keystore/init-container/patch-broker.yaml',
];

/** Files that are no YAML, to kubectl and to us. */
const NO_YAML = [
  'yaml-traps/HariSekhon-Kubernetes-configs/fluxcd-helmrelease.yaml',
  'yaml-traps/openshift-machine-config-operator/manifests/machineconfigdaemon/kube-rbac-proxy-config.yaml',
  'yaml-traps/wrmilling-k3s-gitops/default/nextcloud/nextcloud.yaml',
  'yaml-traps/wrmilling-k3s-gitops/media/shelfmark/shelfmark.yaml',
];

/** Duplicate keys, of which kubectl takes the last, and we none. Listed one by one, so that another refusal is noticed. */
const DUPLICATE_KEYS = [
  'yaml-traps/HariSekhon-Kubernetes-configs/statefulset.yaml',
  'yaml-traps/argoproj-argo-cd/gitops-engine/pkg/health/testdata/statefulset-ondelete.yaml',
  'yaml-traps/argoproj-argo-cd/resource_customizations/rabbitmq.com/User/testdata/unknown.yaml',
  'yaml-traps/wrmilling-k3s-gitops/default/dendrite/dendrite.yaml',
];

const SPECIAL: ReadonlySet<string> = new Set([...NO_OBJECTS, ...NO_YAML, ...DUPLICATE_KEYS]);

test('the files that are compared are all files of the corpus', (context) => {
  skipWithout(context, { needsCorpus: true });
  const sources = JSON.parse(readFileSync(path.join(corpus, 'SOURCES.json'), 'utf8')) as readonly { file: string }[];
  const listed = sources.map(({ file }) => file).toSorted();
  expect(['apps', 'sealed-secrets', 'yaml-traps'].flatMap(filesBelow).toSorted()).toEqual(listed);
  expect(listed.length).toBeGreaterThan(480);
  expect([...SPECIAL].filter((file) => !listed.includes(file))).toEqual([]);
});

test.for([['apps'], ['sealed-secrets'], ['yaml-traps']] as const)(
  'parseDocuments decodes the files of %s as kubectl does',
  async ([name], context) => {
    skipWithout(context, { needsCorpus: true });
    const files = filesBelow(name).filter((file) => !SPECIAL.has(file));
    await twoAtATime(batches(files, 20), async (batch) => {
      expect(canonical(weDecode(...batch.map(inCorpus)))).toEqual(
        canonical(await kubectlDecodes(...batch.map(inCorpus))),
      );
    });
  },
);

test('parseDocuments decodes what is no object as kubectl does', async (context) => {
  skipWithout(context, { needsCorpus: true });
  for (const file of NO_OBJECTS) {
    const text = readFileSync(inCorpus(file), 'utf8').replace(/^---\n/, '');
    const copy = path.join(folder, 'inside-of-an-object.yaml');
    await writeFile(copy, `${HEAD}value:\n${text.replaceAll(/^/gm, '  ')}`);
    const [value] = parseDocuments(text, { where: file }).map((document) => document.value);
    const object = { apiVersion: 'signet.dev/test', kind: 'Probe', metadata: { name: 'probe' }, value };
    expect({ file, objects: canonical(asPrinted(object)) }).toEqual({
      file,
      objects: canonical(await kubectlDecodes(copy)),
    });
    expect(await kubectlDecodes(inCorpus(file))).toBe(null);
  }
});

test('parseDocuments refuses what kubectl refuses, and names the line', async (context) => {
  skipWithout(context, { needsCorpus: true });
  await twoAtATime(NO_YAML, async (file) => {
    expect({ file, objects: await kubectlDecodes(inCorpus(file)) }).toEqual({ file, objects: null });
    expect(() => weDecode(inCorpus(file))).toThrowError(
      expect.objectContaining({ code: 'YAML_INVALID', line: expect.any(Number) }),
    );
  });
});

test('parseDocuments refuses duplicate keys, of which kubectl takes the last', async (context) => {
  skipWithout(context, { needsCorpus: true });
  await twoAtATime(DUPLICATE_KEYS, async (file) => {
    expect(await kubectlDecodes(inCorpus(file))).not.toBe(null);
    expect(() => weDecode(inCorpus(file))).toThrowError(/line \d+: duplicate key/);
  });
});

function inCorpus(file: string): string {
  return path.join(corpus, file);
}

const SCALARS =
  'yes no y N on Off true False ~ null Null "" \'\' "yes" 0 -0 +1 0777 0o17 0x1F 0b11 -0b11 08 0779 1_000 0_ 1. .5 -.5 .5_0 1e3 ' +
  '1E-3 1e400 1e21 0.1 1.0 3.14159265358979 9007199254740993 -9007199254740993 9223372036854775807 18446744073709551615 ' +
  '123456789012345678901234567890 07777777777777777777777777 . + 1.2.3 22:22 190:20:30 2001-12-14 2001-12-14T21:59:43Z = ' +
  'a:b a#b http://x:80/y !custom !!str !!binary\xa0aGVsbG8= |\n\xa0\xa0text >-\n\xa0\xa0text &anchor\xa0text [a,\xa0~] {a:\xa01}';

const KEYS = 'yes n 0777 1_0 1e6 1.50 0.00001 3.14159265358979 -0.0 2001-12-14 "y" <<x ?x :x -x 9223372036854775807';

const MERGES = ['{<<: *base, p: 3}', '{p: 3, <<: *base}', '{<<: [*base, *more]}', '{p: 0, <<: [*base, *more], q: 4}'];

test('parseDocuments gives scalars, keys and merges the meaning that kubectl gives them', async (context) => {
  skipWithout(context, { needsCorpus: false });
  const contents = [
    ...words(SCALARS).map((scalar) => `value: ${scalar}`),
    ...words(KEYS).map((key) => `value:\n  ${key}: 1`),
    ...MERGES.map((map) => `base: &base {p: 1, q: 1}\nmore: &more {p: 2, r: 2}\nvalue: ${map}`),
  ];
  const file = path.join(folder, 'traps.yaml');
  await writeFile(file, contents.map((content) => `---\n${HEAD}${content}\n`).join(''));
  const ours = canonical(weDecode(file));
  expect(ours).toHaveLength(contents.length);
  expect(ours).toEqual(canonical(await kubectlDecodes(file)));
});

/** Blank-separated words; a no-break space stands for a blank within one. */
function words(text: string): readonly string[] {
  return text.split(' ').map((word) => word.replaceAll('\xa0', ' '));
}

test('kubectl decodes what stringifyYaml writes', async (context) => {
  skipWithout(context, { needsCorpus: false });
  // Half a surrogate pair has no UTF-8 form, so that kubectl refuses it.
  const values = fc
    .sample(jsonValue, { numRuns: 2000, seed: 20_010_614 })
    .filter((value) => !/\\ud[89a-f]/.test(canonicalJson(value)));
  const object = { apiVersion: 'signet.dev/test', kind: 'Probe', metadata: { name: 'probe' }, values };
  const file = path.join(folder, 'written.yaml');
  await writeFile(file, stringifyYaml(object));
  expect(canonical(await kubectlDecodes(file))).toEqual(canonical(asPrinted(object)));
});
