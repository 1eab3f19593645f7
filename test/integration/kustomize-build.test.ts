import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readLocalTree } from '../../cli/connect/local-tree.ts';
import { canonicalJson } from '../../shared/encoding/json.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { createKustomizeBuilder, type KustomizeBuilderOptions } from '../../shared/kustomize/kustomize-builder.ts';
import { renderRevision } from '../../shared/sync-plan/render-revision.ts';
import { makeTemporaryFolder } from '../support/git-repository.ts';
import { usePeers } from '../support/peers.ts';

const peers = await usePeers('kustomize');
const corpus = fileURLToPath(new URL('../../../shared/corpus/apps', import.meta.url));
const roots = existsSync(corpus) ? globSync('**/kustomization.y*ml', { cwd: corpus }).map(path.dirname).toSorted() : [];

type Files = Readonly<Record<string, string>>;

/** The checkout that holds `files`, and a builder whose copies lie beside it. */
async function makeWorld(files: Files, options: Partial<KustomizeBuilderOptions> = {}) {
  const folder = await makeTemporaryFolder();
  const root = path.join(folder.path, 'checkout');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  let runs = 0;
  const privateDirectory = path.join(folder.path, 'private');
  const build = createKustomizeBuilder({
    program: peers.pathOf('kustomize'),
    searchPath: undefined,
    privateDirectory,
    onRun: () => {
      runs += 1;
    },
    ...options,
  });
  const render = async (at: string) => renderRevision(await readLocalTree(root, { path: at }, 'here'), { build });
  return {
    root,
    privateDirectory,
    render,
    runs: () => runs,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const configMap = (name: string, value = 'x') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`;

async function buildPlainly(folder: string): Promise<readonly unknown[] | string> {
  try {
    const { stdout } = await promisify(execFile)(peers.pathOf('kustomize'), ['build', folder], {
      env: { PATH: '' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return parseDocuments(stdout).map(({ value }) => value);
  } catch (error) {
    return String((error as { readonly stderr?: unknown }).stderr);
  }
}

test.skipIf(roots.length === 0)(
  'kustomizations of the corpus become the objects of a plain kustomize build, or are refused where that fails or fetches',
  async () => {
    const refused: string[] = [];
    for (const folder of roots) {
      const [application = '', ...rest] = folder.split('/');
      const root = path.join(corpus, application);
      await using world = await makeWorld({});
      const build = createKustomizeBuilder({
        program: peers.pathOf('kustomize'),
        searchPath: undefined,
        privateDirectory: world.privateDirectory,
      });
      const tree = await readLocalTree(root, { path: rest.join('/') }, folder);
      const built = tree.kustomization === undefined ? null : await build(tree.kustomization);
      const plain = await buildPlainly(path.join(root, ...rest));
      if (built?.documents === undefined) {
        refused.push(folder);
        expect(typeof plain === 'string' || tree.problems.length > 0, `${folder} is refused with a reason`).toBe(true);
        continue;
      }
      expect(
        built.documents.map(({ value }) => canonicalJson(value)),
        folder,
      ).toEqual((plain as unknown[]).map(canonicalJson));
      for (const { origin } of built.documents) {
        const lines = readFileSync(path.join(root, origin.file), 'utf8').split('\n');
        expect(origin.line, `${folder}: ${origin.file}`).toBeLessThanOrEqual(lines.length);
      }
    }
    expect(refused.length).toBeLessThan(roots.length / 2);
  },
);

test('bases, patches, generators and components beside the path are built, with the places of their sources', async () => {
  await using world = await makeWorld({
    'apps/base/kustomization.yaml': 'resources: [web.yaml]\n',
    'apps/base/web.yaml': `${configMap('first')}---\n${configMap('web')}`,
    'apps/base/unused.yaml': 'never read: [',
    'apps/shop/kustomization.yaml': [
      'namePrefix: shop-',
      'resources: [../base]',
      'components: [../extra]',
      'patches:',
      '  - target: {kind: ConfigMap, name: web}',
      '    patch: |',
      '      - {op: replace, path: /data/key, value: patched}',
      'configMapGenerator:',
      '  - name: settings',
      '    files: [app.conf]',
      '',
    ].join('\n'),
    'apps/shop/app.conf': 'colour=blue\n',
    'apps/extra/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {team: shop}\n',
  });
  const { objects, problems } = await world.render('apps/shop');
  expect(problems).toEqual([]);
  const found = objects.map(({ object, origin }) => [object.metadata.name, `${origin.file}:${origin.line}`]);
  expect(found).toEqual([
    ['shop-first', 'apps/base/web.yaml:1'],
    [expect.stringMatching(/^shop-settings-[a-z0-9]{10}$/), 'apps/shop/kustomization.yaml:9'],
    ['shop-web', 'apps/base/web.yaml:8'],
  ]);
  expect(objects[2]?.object).toMatchObject({ data: { key: 'patched' }, metadata: { annotations: { team: 'shop' } } });
  expect(objects[2]?.object.metadata.annotations).not.toHaveProperty('config.kubernetes.io/origin');
  expect(await readdir(world.privateDirectory)).toEqual([]);
});

test('origin annotations that somebody asked for stay', async () => {
  await using world = await makeWorld({
    'kustomization.yaml': 'resources: [a.yaml]\nbuildMetadata: [originAnnotations]\n',
    'a.yaml': configMap('a'),
  });
  const { objects } = await world.render('.');
  expect(objects[0]?.object.metadata.annotations).toEqual({ 'config.kubernetes.io/origin': 'path: a.yaml\n' });
});

test('the copy that a process that is gone left behind is removed before the next build', async () => {
  await using world = await makeWorld({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('a') });
  const leftover = path.join(world.privateDirectory, `${process.pid}-${'0'.repeat(16)}-${'1'.repeat(16)}`);
  await mkdir(leftover, { recursive: true });
  await writeFile(path.join(leftover, 'secret.yaml'), 'x');
  expect((await world.render('.')).problems).toEqual([]);
  expect(await readdir(world.privateDirectory)).toEqual([]);
});

test('the same files are built once', async () => {
  await using world = await makeWorld({
    'kustomization.yaml': 'resources: [a.yaml]\n',
    'a.yaml': configMap('a'),
    'b.md': '1',
  });
  const first = await world.render('.');
  await writeFile(path.join(world.root, 'b.md'), '2');
  expect(await world.render('.')).toEqual(first);
  expect(world.runs()).toBe(1);
  await writeFile(path.join(world.root, 'a.yaml'), configMap('a', 'y'));
  expect((await world.render('.')).objects[0]?.object).toMatchObject({ data: { key: 'y' } });
  expect(world.runs()).toBe(2);
});

test('what kustomize refuses is one sentence with the file, and quotes no content', async () => {
  await using world = await makeWorld({
    'app/kustomization.yaml': 'resources: [a.yaml]\npatches:\n  - path: p.yaml\n',
    'app/a.yaml': configMap('a'),
    'app/p.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: missing}\nstringData: {password: hunter2}\n',
    'broken/kustomization.yaml': 'resources: [a.yaml, b]\n',
    'broken/a.yaml': configMap('a'),
    'broken/b/kustomization.yaml': 'resources: [a.yaml]\n',
    'broken/b/a.yaml': configMap('a', 'hunter2'),
    'text/kustomization.yaml': 'resources: [a.yaml]\n',
    'text/a.yaml': 'apiVersion: v1\nkind: [hunter2\n',
  });
  const problemsOf = async (folder: string) => (await world.render(folder)).problems;
  expect(await problemsOf('app')).toMatchObject([
    { file: 'app/kustomization.yaml', code: 'RENDER_KUSTOMIZATION', message: expect.stringContaining('Secret') },
  ]);
  expect(await problemsOf('broken')).toMatchObject([
    { message: expect.stringContaining('two resources are ConfigMap.v1.[noGrp]/a') },
  ]);
  expect(await problemsOf('text')).toMatchObject([
    { file: 'text/a.yaml', message: expect.stringContaining('no YAML') },
  ]);
  const all = [await problemsOf('app'), await problemsOf('broken'), await problemsOf('text')];
  expect(JSON.stringify(all)).not.toContain('hunter2');
  expect(JSON.stringify(all)).not.toContain(world.privateDirectory);
});

test('a program that takes too long, writes or needs too much is ended, and leaves nothing behind', async () => {
  const files = { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('a') };
  const script = async (text: string, limits: KustomizeBuilderOptions['limits']) => {
    await using world = await makeWorld(files);
    const program = path.join(world.root, '..', 'program');
    await writeFile(program, `#!/bin/sh\n${text}\n`);
    await chmod(program, 0o700);
    const build = createKustomizeBuilder({
      program,
      searchPath: undefined,
      privateDirectory: world.privateDirectory,
      limits: limits ?? {},
    });
    const tree = await readLocalTree(world.root, {}, 'here');
    const failure = await renderRevision(tree, { build }).catch((error: unknown) => error);
    expect(await readdir(world.privateDirectory)).toEqual([]);
    return failure;
  };
  expect(await script('while :; do :; done', { timeoutMs: 500 })).toMatchObject({ code: 'KUSTOMIZE_TIMEOUT' });
  expect(await script('while :; do echo xxxxxxxxxxxxxxxx; done', { maxOutputBytes: 4096 })).toMatchObject({
    code: 'KUSTOMIZE_FAILED',
  });
  // 256 MiB, and no more: one that grows until it is ended may be ended by its shell, or by the system.
  const grow = 'x=xxxxxxxxxxxxxxxx; for _ in 1 2 3 4 5 6 7 8; do x=$x$x$x$x$x$x$x$x; done; while :; do :; done';
  expect(await script(grow, { maxMemoryBytes: 64 * 1024 * 1024 })).toMatchObject({ code: 'KUSTOMIZE_MEMORY' });
});

test('one program runs at a time, and the same files are built once even when they are asked for meanwhile', async () => {
  await using world = await makeWorld({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('a') });
  const program = path.join(world.root, '..', 'program');
  const log = path.join(world.root, '..', 'log');
  const slow = `#!/bin/sh\necho begin >>${log}\n/bin/sleep 0.3\necho end >>${log}\necho 'apiVersion: v1'\n`;
  await writeFile(program, slow);
  await chmod(program, 0o700);
  const { privateDirectory } = world;
  const build = createKustomizeBuilder({ program, searchPath: undefined, privateDirectory });
  const trees = ['a', 'a', 'b', 'c'].map((text) => ({
    folder: '',
    keepsOrigins: false,
    files: [{ path: 'kustomization.yaml', bytes: new TextEncoder().encode(text), rewritten: '{}' }],
  }));
  await Promise.all(trees.map((tree) => build(tree)));
  expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end']);
  const gone = AbortSignal.abort(new Error('stopped'));
  await expect(build({ folder: '', keepsOrigins: false, files: [] }, gone)).rejects.toThrow('stopped');
});

test('the program sees no variable of ours and the private copy only', async () => {
  await using world = await makeWorld({
    'kustomization.yaml': 'resources: [a.yaml]\n',
    'a.yaml': configMap('a'),
    'secret.txt': 's',
  });
  const program = path.join(world.root, '..', 'program');
  await writeFile(
    program,
    [
      '#!/bin/sh',
      "printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: seen}\\ndata:\\n'",
      'echo "  home: \'$HOME\'"',
      'echo "  path: \'$PATH\'"',
      'echo "  words: \'$*\'"',
      'echo "  files: \'$(echo *)\'"',
    ].join('\n'),
  );
  await chmod(program, 0o700);
  const build = createKustomizeBuilder({ program, searchPath: undefined, privateDirectory: world.privateDirectory });
  const { objects } = await renderRevision(await readLocalTree(world.root, {}, 'here'), { build });
  expect(objects[0]?.object).toMatchObject({
    data: {
      home: '',
      path: '',
      words: 'build . --load-restrictor LoadRestrictionsRootOnly',
      files: 'a.yaml kustomization.yaml',
    },
  });
});

test('without the program the folder cannot be rendered, and the hint says what is missing', async () => {
  await using world = await makeWorld(
    { 'kustomization.yaml': 'resources: []\n' },
    { program: undefined, searchPath: '/nowhere' },
  );
  await expect(world.render('.')).rejects.toMatchObject({
    code: 'KUSTOMIZE_MISSING',
    hint: expect.stringContaining('--kustomize'),
  });
});

test('links, on the way or at the end, are refused before anything is built', async () => {
  await using world = await makeWorld({
    'app/kustomization.yaml': 'resources: [a.yaml, ../base]\n',
    'real/kustomization.yaml': 'resources: []\n',
  });
  await symlink('/etc/hostname', path.join(world.root, 'app/a.yaml'));
  await symlink('real', path.join(world.root, 'base'));
  const { problems } = await world.render('app');
  expect(problems.map(({ message }) => message)).toEqual([
    'resources "../base" leads over a symbolic link, and those are refused',
    'resources "a.yaml" leads over a symbolic link, and those are refused',
  ]);
  expect(world.runs()).toBe(0);
});
