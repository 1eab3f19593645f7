import { expect, test } from 'vitest';
import {
  DEFAULT_KUSTOMIZATION_LIMITS,
  walkKustomizations,
} from '../../../../shared/kustomization/walk-kustomizations.ts';
import { type MemoryFile, memoryFiles } from '../../../support/memory-files.ts';

async function problemsOf(files: Readonly<Record<string, MemoryFile>>, folder = 'app'): Promise<readonly string[]> {
  const walk = await walkKustomizations(folder, memoryFiles(files));
  return (walk?.problems ?? []).map(({ file, line, message }) => `${file}:${line ?? ''} ${message}`);
}

const kustomization = (text: string): Readonly<Record<string, string>> => ({ 'app/kustomization.yaml': text });

test('everything that a build reads is in the tree, and nothing else', async () => {
  const files = {
    'app/kustomization.yaml': [
      'resources: [a.yaml, ../base, sub]',
      'components: [../component]',
      'patches: [{path: patch.yaml}]',
      'patchesStrategicMerge: [merge.yaml, "apiVersion: v1\\nkind: ConfigMap"]',
      'configMapGenerator: [{name: c, files: [key=c.conf], envs: [c.env]}]',
      'replacements: [{path: replacement.yaml}]',
      'openapi: {path: schema.json}',
      'transformers: [transformer.yaml]',
    ].join('\n'),
    'app/transformer.yaml': 'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: p}\npath: deep/patch.yaml',
    'app/sub/kustomization.yml': 'resources: []',
    'base/Kustomization': 'resources: [b.yaml]',
    'component/kustomization.yaml': 'kind: Component',
    'other.yaml': 'x',
    'app/unused.yaml': 'x',
  };
  const named = [
    'a.yaml',
    'patch.yaml',
    'merge.yaml',
    'c.conf',
    'c.env',
    'replacement.yaml',
    'schema.json',
    'deep/patch.yaml',
  ];
  const all = { ...files, 'base/b.yaml': 'x', ...Object.fromEntries(named.map((name) => [`app/${name}`, 'x'])) };
  const walk = await walkKustomizations('app', memoryFiles(all));
  expect(walk?.problems).toBeUndefined();
  const unused = new Set(['other.yaml', 'app/unused.yaml']);
  expect(walk?.tree?.files.map(({ path }) => path)).toEqual(
    Object.keys(all)
      .filter((path) => !unused.has(path))
      .sort(),
  );
  expect(walk?.tree?.files.find(({ path }) => path === 'app/kustomization.yaml')?.rewritten).toContain(
    '"originAnnotations"',
  );
});

test.each([
  [
    'resources: [https://example.com/a.yaml]',
    'resources "https://example.com/a.yaml" is remote or looks so, and is refused',
  ],
  [
    'resources: [HTTP://example.com/a.yaml]',
    'resources "HTTP://example.com/a.yaml" is remote or looks so, and is refused',
  ],
  [
    'resources: ["git::https://example.com/a"]',
    'resources "git::https://example.com/a" is remote or looks so, and is refused',
  ],
  ['resources: ["git@example.com:a/b"]', 'resources "git@example.com:a/b" is remote or looks so, and is refused'],
  ['resources: [github.com/a/b]', 'resources "github.com/a/b" is remote or looks so, and is refused'],
  ['resources: [../b?ref=main]', 'resources "../b?ref=main" is remote or looks so, and is refused'],
  ['bases: [example.com/a.git]', 'bases "example.com/a.git" is remote or looks so, and is refused'],
  ['components: [ssh://example.com/a]', 'components "ssh://example.com/a" is remote or looks so, and is refused'],
  [
    'patches: [{path: https://example.com/p}]',
    'patches path "https://example.com/p" is remote or looks so, and is refused',
  ],
  [
    'openapi: {path: https://example.com/p}',
    'openapi path "https://example.com/p" is remote or looks so, and is refused',
  ],
  ['crds: [https://example.com/p]', 'crds "https://example.com/p" is remote or looks so, and is refused'],
  ['resources: [/etc/passwd]', 'resources "/etc/passwd" is an absolute path'],
  ['resources: [../../x]', 'resources "../../x" leads out of the repository'],
  ['resources: [missing.yaml]', 'resources "missing.yaml" leads to nothing in this commit'],
  ['resources: [../beside.yaml]', 'resources "../beside.yaml" is a file outside of the folder of its kustomization'],
  [
    'configMapGenerator: [{name: a, files: [../beside.yaml]}]',
    'configMapGenerator files "../beside.yaml" is a file outside of the folder of its kustomization',
  ],
  ['resources: [link.yaml]', 'resources "link.yaml" leads over a symbolic link, and those are refused'],
  ['resources: [module]', 'resources "module" is a submodule, and those are not read'],
  ['bases: [a.yaml]', 'bases "a.yaml" is a file, and has to be a folder with a kustomization file'],
  ['crds: [sub]', 'crds "sub" is a folder, and has to be a file'],
  ['helmCharts: [{name: x}]', 'helmCharts is refused: Helm charts are not rendered'],
  ['Resources: [https://example.com]', 'field "Resources" of the kustomization is not known'],
  ['patches: [{Path: https://example.com}]', 'field "Path" of patches is not known'],
  ['resources: a.yaml', 'resources is not a list'],
  ['resources: [{a: b}]', 'an entry of resources is not text'],
  [
    'generators: ["apiVersion: example.com/v1\\nkind: Any\\n"]',
    'an entry of generators is none of the built-in ones; plugins, functions and containers are not run',
  ],
  [
    'transformers: ["apiVersion: builtin\\nkind: HelmChartInflationGenerator\\n"]',
    'an entry of transformers is none of the built-in ones; plugins, functions and containers are not run',
  ],
  [
    'transformers: ["apiVersion: builtin\\nkind: LabelTransformer\\nmetadata:\\n  annotations: {config.kubernetes.io/function: x}\\n"]',
    'an entry of transformers asks for a function, and functions are not run',
  ],
  [
    'transformers: ["apiVersion: builtin\\nkind: PatchTransformer\\nPath: https://example.com\\n"]',
    'field "Path" in an entry of transformers is not known',
  ],
  [
    'transformers: ["apiVersion: builtin\\nkind: PatchTransformer\\npath: https://example.com\\n"]',
    'transformers "https://example.com" is remote or looks so, and is refused',
  ],
  [
    'transformers: ["apiVersion: builtin\\nkind: ValueAddTransformer\\ntargetFilePath: http://127.0.0.1/x\\n"]',
    'field "targetFilePath" in an entry of transformers is not known',
  ],
  [
    'transformers: ["apiVersion: builtin\\nkind: ValueAddTransformer\\nTargetFilepath: targets.yaml\\n"]',
    'field "TargetFilepath" in an entry of transformers is not known',
  ],
  ['validators: [sub]', 'validators "sub" is a folder; name the file with the settings'],
  [
    'secretGenerator: [{name: s, literals: [hunter2]}]',
    'an entry of literals in secretGenerator is not written KEY=VALUE',
  ],
  ['a: b\n---\nc: d', 'the kustomization file has to hold one map, and nothing else'],
  ['', 'the kustomization file has to hold one map, and nothing else'],
])('%s is refused before anything is built', async (text, message) => {
  const files = {
    ...kustomization(text),
    'app/a.yaml': 'x',
    'app/sub/x.yaml': 'x',
    'beside.yaml': 'x',
    'app/link.yaml': { kind: 'link' },
    'app/module': { kind: 'submodule' },
  } as const;
  const problems = await problemsOf(files);
  expect(problems.map((problem) => problem.replace(/^\S+ /, ''))).toEqual([message]);
  expect(problems[0]).toMatch(/^app\/kustomization\.yaml:/);
});

test('the line of an entry is named', async () => {
  expect(await problemsOf(kustomization('resources:\n  - a.yaml\n  - http://x\n'))).toContainEqual(
    expect.stringMatching(/^app\/kustomization\.yaml:3 resources "http:\/\/x"/),
  );
});

test.each([
  ['itself', { 'app/kustomization.yaml': 'resources: [../app]' }],
  [
    'its base',
    {
      'app/kustomization.yaml': 'resources: [../b]',
      'b/kustomization.yaml': 'resources: [../c]',
      'c/kustomization.yaml': 'resources: [../b]',
    },
  ],
])('a kustomization that leads back to %s is refused', async (_, files) => {
  expect(await problemsOf(files)).toEqual([expect.stringContaining('leads back to itself')]);
});

test('two kustomization files in one folder, and none in a base, are refused', async () => {
  expect(await problemsOf({ 'app/kustomization.yaml': 'resources: []', 'app/Kustomization': 'resources: []' })).toEqual(
    ['app/kustomization.yaml: there is more than one kustomization file in this folder'],
  );
  expect(await problemsOf({ 'app/kustomization.yaml': 'resources: [../b]', 'b/a.yaml': 'x' })).toEqual([
    'app/kustomization.yaml:1 resources "../b" leads to a folder without a kustomization file',
  ]);
});

test('bases that double with each level, and bases that lie too deep, are refused', async () => {
  const chain = (length: number, bases: (next: string) => string) =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [
        `l${index}/kustomization.yaml`,
        index === length - 1 ? 'resources: []' : `resources: [${bases(`../l${index + 1}`)}]`,
      ]),
    );
  const doubling = Object.fromEntries(
    Array.from({ length: 15 }, (_, index) => [
      [`l${index}/kustomization.yaml`, index === 14 ? 'resources: []' : 'resources: [a, b]'],
      ...['a', 'b'].map((half) => [
        `l${index}/${half}/kustomization.yaml`,
        index === 14 ? 'resources: []' : `resources: [../../l${index + 1}]`,
      ]),
    ]).flat(),
  );
  expect(await problemsOf(doubling, 'l0')).toEqual([expect.stringContaining('more than 1000 bases')]);
  expect(
    await problemsOf(
      chain(DEFAULT_KUSTOMIZATION_LIMITS.maxDepth, (next) => next),
      'l0',
    ),
  ).toEqual([]);
  const tooDeep = chain(DEFAULT_KUSTOMIZATION_LIMITS.maxDepth + 1, (next) => next);
  expect(await problemsOf(tooDeep, 'l0')).toEqual([expect.stringContaining('more than 32 bases deep')]);
});

test('too many files and too large ones are refused', async () => {
  const limits = { ...DEFAULT_KUSTOMIZATION_LIMITS, maxFiles: 2, maxBytes: 100 };
  const walk = (files: Readonly<Record<string, string>>) => walkKustomizations('app', memoryFiles(files), limits);
  const many = await walk({ ...kustomization('resources: [a, b]'), 'app/a': '', 'app/b': '' });
  expect(many?.problems?.[0]?.message).toBe('the kustomization is not built: it needs more than 2 files');
  const large = await walk({ ...kustomization('resources: [a]'), 'app/a': 'x'.repeat(100) });
  expect(large?.problems?.[0]?.message).toMatch(/^the kustomization is not built: its files have more than/);
});
