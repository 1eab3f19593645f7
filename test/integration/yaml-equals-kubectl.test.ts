import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

function weDecodeOrRefuse(file: string): readonly unknown[] | null {
  try {
    return weDecode(file);
  } catch {
    return null;
  }
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

function filesBelow(name: string): readonly string[] {
  return readdirSync(path.join(corpus, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ya?ml|json)$/.test(file))
    .map((file) => path.join(corpus, name, file))
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

/** Files without `kind`, which kubectl takes for no object, and we do not judge here. */
const NO_OBJECTS = ['pre-post-sync/kustomization.yaml', 'sock-shop/kustomization.yaml'];

/** Duplicate keys, of which kubectl takes the last. Listed one by one, so that another refusal is noticed. */
const REFUSED_ON_PURPOSE = [
  'HariSekhon-Kubernetes-configs/statefulset.yaml',
  'argoproj-argo-cd/gitops-engine/pkg/health/testdata/statefulset-ondelete.yaml',
  'argoproj-argo-cd/resource_customizations/rabbitmq.com/User/testdata/unknown.yaml',
  'wrmilling-k3s-gitops/default/dendrite/dendrite.yaml',
];

test.for([['apps'], ['sealed-secrets']] as const)(
  'parseDocuments decodes the files of %s as kubectl does',
  async ([name], context) => {
    skipWithout(context, { needsCorpus: true });
    const files = filesBelow(name).filter((file) => !NO_OBJECTS.some((end) => file.endsWith(end)));
    expect(files.length).toBeGreaterThan(100);
    await twoAtATime(batches(files, 20), async (batch) => {
      expect(canonical(weDecode(...batch))).toEqual(canonical(await kubectlDecodes(...batch)));
    });
  },
);

test('parseDocuments decodes and refuses the files of yaml-traps as kubectl does', async (context) => {
  skipWithout(context, { needsCorpus: true });
  const refusedByUsAlone: string[] = [];
  await twoAtATime(filesBelow('yaml-traps'), async (file) => {
    const ours = canonical(weDecodeOrRefuse(file));
    const theirs = canonical(await kubectlDecodes(file));
    if (ours === null && theirs !== null) refusedByUsAlone.push(path.relative(path.join(corpus, 'yaml-traps'), file));
    else expect({ file, objects: ours }).toEqual({ file, objects: theirs });
  });
  expect(refusedByUsAlone.toSorted()).toEqual(REFUSED_ON_PURPOSE);
});

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
  const head = 'apiVersion: signet.dev/test\nkind: Probe\nmetadata: {name: probe}\n';
  const file = path.join(folder, 'traps.yaml');
  await writeFile(file, contents.map((content) => `---\n${head}${content}\n`).join(''));
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
