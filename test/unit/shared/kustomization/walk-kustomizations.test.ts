import { expect, test } from 'vitest';
import { walkKustomizations } from '../../../../shared/kustomization/walk-kustomizations.ts';
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

test('what is wrong with bases is told for all of a level at once', async () => {
  const files = {
    ...kustomization('resources: [../none, ../remote]'),
    'none/a.yaml': 'x',
    'remote/kustomization.yaml': 'resources: [https://example.com]',
  };
  expect(await problemsOf(files)).toEqual([
    expect.stringContaining('leads to a folder without a kustomization file'),
    expect.stringContaining('is remote or looks so'),
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
  const deep = chain(32, (next) => next);
  expect(await problemsOf(deep, 'l0')).toEqual([]);
  const tooDeep = chain(33, (next) => next);
  expect(await problemsOf(tooDeep, 'l0')).toEqual([expect.stringContaining('more than 32 bases deep')]);
});

test('too many files and too large ones are refused', async () => {
  const limits = { maxFiles: 2, maxBytes: 100 };
  const walk = (files: Readonly<Record<string, string>>) => walkKustomizations('app', memoryFiles(files), limits);
  const many = await walk({ ...kustomization('resources: [a, b]'), 'app/a': '', 'app/b': '' });
  expect(many?.problems?.[0]?.message).toBe('the kustomization is not built: it needs more than 2 files');
  const large = await walk({ ...kustomization('resources: [a]'), 'app/a': 'x'.repeat(100) });
  expect(large?.problems?.[0]?.message).toMatch(/^the kustomization is not built: its files have more than/);
});

test('a chain of bases that is too deep is left where it is too deep, however long it is', async () => {
  const chain = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`l${index}/kustomization.yaml`, `resources: [../l${index + 1}]`]),
  );
  const files = memoryFiles(chain);
  let reads = 0;
  const counting = {
    ...files,
    read: (paths: readonly string[]) => {
      reads += 1;
      return files.read(paths);
    },
  };
  const walk = await walkKustomizations('l0', counting);
  expect(walk?.problems?.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'l31/kustomization.yaml resources "../l32" lies more than 32 bases deep',
  ]);
  expect(reads).toBe(32);
});

test('more bases than can be built are not read', async () => {
  const names = Array.from({ length: 1_500 }, (_, index) => `b${index}`);
  const bases = Object.fromEntries(names.map((name) => [`app/${name}/kustomization.yaml`, 'resources: []']));
  const found = await problemsOf({ ...kustomization(`resources: [${names.join(', ')}]`), ...bases });
  expect(found).toEqual([
    'app/kustomization.yaml:1 resources "b999" makes for more than 1000 bases, each counted as often as it is built',
  ]);
});

test('so many entries that nobody wrote them are refused, with a bounded number of problems', async () => {
  const entries = Array.from({ length: 200_000 }, () => 'a.yaml').join(', ');
  expect(await problemsOf({ ...kustomization(`resources: [${entries}]`), 'app/a.yaml': 'x' })).toEqual([
    'app/kustomization.yaml: the kustomization is not built: it has more than 20000 entries',
  ]);
  const lines = Array.from({ length: 9_000 }, (_, index) => `- http://example.com/${index}`).join('\n');
  expect((await problemsOf(kustomization(`resources:\n${lines}`))).length).toBe(100);
  const missing = Array.from({ length: 9_000 }, (_, index) => `- missing-${index}`).join('\n');
  expect((await problemsOf(kustomization(`resources:\n${missing}`))).length).toBe(100);
});

test('a file counts as often as it is named', async () => {
  const walk = (times: number) =>
    walkKustomizations(
      'app',
      memoryFiles({
        ...kustomization(`patches: [${'{path: p.yaml}, '.repeat(times)}]`),
        'app/p.yaml': 'x'.repeat(200),
      }),
      { maxBytes: 1_000 },
    );
  expect((await walk(3))?.problems).toBeUndefined();
  expect((await walk(5))?.problems).toEqual([
    expect.objectContaining({ message: expect.stringContaining('as often as it is named') }),
  ]);
});

test('settings are looked into once, however often they are named', async () => {
  const files = {
    ...kustomization('transformers: [t.yaml, t.yaml, ./t.yaml]'),
    'app/t.yaml': 'apiVersion: example.com/v1\nkind: Any',
  };
  expect(await problemsOf(files)).toEqual([expect.stringContaining('is none of the built-in ones')]);
});

test.each([
  ['a kustomization', kustomization(`commonAnnotations: {a: &a "${'\\x01'.repeat(60_000)}", ${many('b', '*a')}}`)],
  ['an entry with settings', kustomization(`transformers: [&a "a:\\n${'x'.repeat(60_000)}", ${'*a, '.repeat(100)}]`)],
  ['a large kustomization', kustomization(`# ${'x'.repeat(5 * 1024 * 1024)}\nresources: []`)],
  [
    'a file with settings',
    { ...kustomization('transformers: [t.yaml]'), 'app/t.yaml': `# ${'x'.repeat(5 * 1024 * 1024)}\n` },
  ],
])('%s with more text than can be meant is refused before it is printed or looked into', async (_what, files) => {
  expect(await problemsOf(files)).toEqual([
    expect.stringMatching(
      /^app\/kustomization\.yaml:\d* the kustomization is not built: its kustomization files and settings have more than 4 MiB, aliases written out$/,
    ),
  ]);
});

test('settings whose aliases make much of little are refused', async () => {
  const settings = `apiVersion: builtin\nkind: PatchTransformer\nreplacements: [&r {paths: [${'p, '.repeat(900)}]}, ${'*r, '.repeat(900)}]`;
  const found = await problemsOf({ ...kustomization('transformers: [t.yaml]'), 'app/t.yaml': settings });
  expect(found).toEqual([expect.stringContaining('it has more than 20000 entries')]);
});

/** `count` fields of a flow map, called after `name`. */
function many(name: string, value: string, count = 100): string {
  return Array.from({ length: count }, (_, index) => `${name}${index}: ${value}`).join(', ');
}
