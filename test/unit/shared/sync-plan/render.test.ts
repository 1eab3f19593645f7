import { describe, expect, test } from 'vitest';
import type { FileTree, TreeFile } from '../../../../shared/sync-plan/file-tree.ts';
import { describeProblem } from '../../../../shared/sync-plan/render-problem.ts';
import { render } from '../../../support/render-tree.ts';

type Files = Record<string, string | Uint8Array<ArrayBuffer>>;

function treeOf(files: Files, rest: Partial<FileTree> = {}): FileTree {
  const list = Object.entries(files).map(([path, content]): TreeFile => {
    return { path, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content };
  });
  return { commit: 'c', files: list, problems: [], skipped: [], ...rest };
}

function configMap(name: string, extra = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${extra}`;
}

function names(files: Files): string[] {
  return render(treeOf(files)).objects.map(
    ({ object, origin }) => `${origin.file}:${origin.line}#${origin.document} ${object.metadata.name}`,
  );
}

function problems(files: Files): string[] {
  return render(treeOf(files)).problems.map((problem) => `${problem.code} ${describeProblem(problem)}`);
}

describe('render', () => {
  test('gives objects by file, with line and document', () => {
    const files = {
      'b.yaml': configMap('last'),
      'a.yaml': `# one\n---\n${configMap('one')}---\n---\n\n# x\n${configMap('two')}`,
    };
    expect(names(files)).toEqual(['a.yaml:3#1 one', 'a.yaml:11#3 two', 'b.yaml:1#1 last']);
  });

  test('reads JSON, also several values in one file', () => {
    const json = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    expect(names({ 'a.json': `${json('x')}\n${json('y')}` })).toEqual(['a.json:1#1 x', 'a.json:2#2 y']);
  });

  test('gives items of a List the line of the List', () => {
    const list = `---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n`;
    expect(names({ 'l.yaml': list })).toEqual(['l.yaml:2#1 a', 'l.yaml:2#1 b']);
  });

  test('skips kustomization files by name, and names them', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml]',
      'x/kustomization.yml': 'not: {valid',
      'x/my-kustomization.yaml': configMap('a'),
    };
    const result = render(treeOf(files, { skipped: [{ file: 'b', reason: 'r' }] }));
    expect(result.skipped.map(({ file }) => file)).toEqual(['b', 'kustomization.yaml', 'x/kustomization.yml']);
    expect([result.objects.length, result.problems]).toEqual([1, []]);
  });

  test('takes files without any object for empty', () => {
    expect(render(treeOf({ 'a.yaml': '', 'b.yaml': '# comment\n---\n', 'c.yaml': '\ufeff' }))).toMatchObject({
      objects: [],
      problems: [],
    });
  });

  test('reports all problems of all files at once, and the good objects beside them', () => {
    const files = {
      'a.yaml': 'a: 1\na: 2\n',
      'b.yaml': `${configMap('ok')}---\nreplicas: 3\n---\n${configMap('bad', '  labels: {tier: 5}\n')}`,
      'c.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: job-}\n',
      'd.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {password: 12345}\n',
      'e.yaml': new Uint8Array([0xff, 0x61, 0x62]),
      'f.yaml': 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n',
    };
    expect(names(files)).toEqual(['b.yaml:1#1 ok']);
    expect(problems(files)).toEqual([
      expect.stringMatching(/^RENDER_NOT_PARSED a\.yaml:2: .*duplicate key "a"/),
      'RENDER_NOT_AN_OBJECT b.yaml:6: this is no Kubernetes object: it has no apiVersion and no kind',
      'RENDER_FIELD_INVALID b.yaml:8: ConfigMap bad: metadata.labels "tier" is a number, and has to be text; quote it',
      expect.stringMatching(/^RENDER_GENERATE_NAME c\.yaml:1: /),
      'RENDER_SECRET_INVALID d.yaml:1: Secret shop/s: stringData "password" is a number, and has to be text; quote it',
      expect.stringMatching(/^RENDER_NOT_PARSED e\.yaml: .*UTF-8/),
      'RENDER_NOT_PARSED f.yaml: cannot read the file: its content is kept by Git LFS',
    ]);
  });

  test('keeps problems of the tree among its own, in order', () => {
    const tree = treeOf(
      { 'a.yaml': 'text' },
      { problems: [{ file: 'B.yaml', code: 'GIT_SYMLINK_OUTSIDE', message: 'm' }] },
    );
    expect(render(tree).problems.map(({ file }) => file)).toEqual(['B.yaml', 'a.yaml']);
  });

  test('gives neither of two objects of one identity, and names both places', () => {
    const files = { 'a.yaml': configMap('x'), 'b.yaml': `${configMap('other')}---\n${configMap('x')}` };
    expect(names(files)).toEqual(['b.yaml:1#1 other']);
    expect(problems(files)).toEqual(['RENDER_DUPLICATE b.yaml:6: ConfigMap x: the object is also written at a.yaml:1']);
  });

  test('strips what a commit must not say, and merges the text of Secrets', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  creationTimestamp: null\n  annotations: {signet.dev/git-sync: other/one}\nstringData: {a: b}\nstatus: {}\n';
    expect(render(treeOf({ 'a.yaml': text })).objects[0]?.object).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'Yg==' },
    });
  });

  test('stops at too many objects, with or without problems', () => {
    const many = (count: number, text: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => text(index)).join('---\n');
    const render3 = (text: string) =>
      render(treeOf({ 'a.yaml': text, 'b.yaml': configMap('later') }), { maxObjects: 3 });
    expect(render3(many(2, (index) => configMap(`n${index}`))).problems).toEqual([]);
    expect(render3(many(5, (index) => configMap(`n${index}`))).problems.map(({ code }) => code)).toEqual([
      'RENDER_TOO_MANY_OBJECTS',
    ]);
    const bad = render3(many(5, () => 'text\n')).problems.map(({ code }) => code);
    expect(bad.sort()).toEqual([...Array(3).fill('RENDER_NOT_AN_OBJECT'), 'RENDER_TOO_MANY_OBJECTS']);
  });

  test('lets one object fill the problems only so far', () => {
    const labels = Array.from({ length: 1000 }, (_, index) => `l${index}: ${index}`).join(', ');
    expect(problems({ 'a.yaml': configMap('x', `  labels: {${labels}}\n`) })).toHaveLength(20);
  });

  test('stops where more is wrong than anybody reads', () => {
    const labels = Array.from({ length: 30 }, (_, index) => `l${index}: ${index}`).join(', ');
    const bad = (_: unknown, index: number): string => configMap(`n${index}`, `  labels: {${labels}}\n`);
    const text = Array.from({ length: 200 }, bad).join('---\n');
    const codes = render(treeOf({ 'a.yaml': text, 'b.yaml': '[' })).problems.map(({ code }) => code);
    expect(codes.filter((code) => code === 'RENDER_TOO_MANY_PROBLEMS')).toHaveLength(1);
    expect(codes).toHaveLength(1001);
    expect(codes).not.toContain('RENDER_NOT_PARSED');
  });

  test.each([
    ['values', `- [${'1,'.repeat(1_000_000)}]\n`],
    ['aliases', `a: &a [1]\nb: [${'*a,'.repeat(1_001)}]\n`],
  ])('reads no file behind one with too many %s, and says so', (what, text) => {
    expect(problems({ 'a.yaml': '[', 'b.yaml': text, 'c.yaml': text, 'd.yaml': '[' })).toEqual([
      expect.stringMatching(/a\.yaml/),
      expect.stringMatching(new RegExp(`b\\.yaml.*more than \\d+ ${what}; what stands behind it was not read`)),
    ]);
  });

  test('refuses an object, and a revision, that takes too much memory', () => {
    const heavy = configMap('heavy', `data: {a: "${'x'.repeat(900)}"}\n`);
    const light = Array.from({ length: 60 }, (_, index) => configMap(`n${index}`)).join('---\n');
    const codes = (text: string): string[] =>
      render(treeOf({ 'a.yaml': text }), { weight: { object: 1000, revision: 2500 } }).problems.map(
        ({ code, line }) => `${code} ${line}`,
      );
    expect(codes(configMap('fine'))).toEqual([]);
    expect(codes(`${configMap('fine')}---\n${heavy}`)).toEqual(['RENDER_TOO_LARGE 6']);
    expect(codes(`${heavy}---\n${heavy}`)).toEqual(['RENDER_TOO_LARGE 1']);
    expect(codes(light)).toHaveLength(1);
    expect(codes(light)[0]).toMatch(/^RENDER_TOO_LARGE [1-9]/);
  });

  test('refuses an alias bomb', () => {
    const levels = Array.from(
      { length: 12 },
      (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(', ')}]`,
    );
    const bomb = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: x}', 'l0: &l0 [a]', ...levels].join('\n');
    expect(problems({ 'bomb.yaml': bomb })).toEqual([expect.stringMatching(/^RENDER_NOT_PARSED bomb\.yaml/)]);
  });
});
