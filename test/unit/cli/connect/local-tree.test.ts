import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readLocalTree } from '../../../../cli/connect/local-tree.ts';
import { withTempFolder } from '../../../support/run-cli.ts';

async function fill(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    await writeFile(path.join(folder, name), name);
  }
}

test('the manifests below the path are read, with paths from the root, by the rules of a commit', () =>
  withTempFolder(async (folder) => {
    await fill(folder, [
      'deploy/b.yaml',
      'deploy/a/x.json',
      'deploy/.ci/x.yaml',
      'deploy/.x.yaml',
      'deploy/notes.md',
      'other.yaml',
    ]);
    const tree = await readLocalTree(folder, { path: './deploy' }, 'here');
    expect(tree.files.map((file) => file.path)).toEqual(['deploy/a/x.json', 'deploy/b.yaml']);
    expect(new TextDecoder().decode(tree.files[0]?.bytes)).toBe('deploy/a/x.json');
    expect(tree.commit).toBe('');
  }));

test('links inside the root are followed to files, and others are problems', () =>
  withTempFolder(async (folder) => {
    const root = path.join(folder, 'root');
    await fill(folder, ['root/real/x.yaml', 'outside.yaml']);
    await symlink('real/x.yaml', path.join(root, 'inside.yaml'));
    await symlink('../outside.yaml', path.join(root, 'outside.yaml'));
    await symlink('nowhere', path.join(root, 'broken.yaml'));
    await symlink('real', path.join(root, 'folder'));
    const tree = await readLocalTree(root, { path: '.' }, 'here');
    expect(tree.files.map((file) => file.path)).toEqual(['inside.yaml', 'real/x.yaml']);
    expect(tree.problems.map(({ file, code }) => [file, code]).toSorted()).toEqual([
      ['broken.yaml', 'GIT_SYMLINK_BROKEN'],
      ['outside.yaml', 'GIT_SYMLINK_OUTSIDE'],
    ]);
    expect(tree.skipped).toEqual([{ file: 'folder', reason: 'symbolic links to folders are not followed' }]);
  }));

test('a file beyond the bound is a problem and is not read', () =>
  withTempFolder(async (folder) => {
    await fill(folder, ['large.yaml']);
    await truncate(path.join(folder, 'large.yaml'), 100 * 1024 * 1024);
    const { files, problems } = await readLocalTree(folder, { path: '' }, 'here');
    expect(files).toEqual([]);
    expect(problems).toEqual([
      { file: 'large.yaml', code: 'GIT_FILE_TOO_LARGE', message: 'the file has 100 MiB, at most 10 MiB are read' },
    ]);
  }));

test('a path that leads out of the root, or to nothing, is refused', () =>
  withTempFolder(async (folder) => {
    await expect(readLocalTree(folder, { path: '../..' }, 'here')).rejects.toThrow(
      'cannot read "here": its path "../.." leads out of it',
    );
    await expect(readLocalTree(folder, { path: './missing' }, 'here')).rejects.toThrow(
      'cannot read "here": it has no folder "./missing"',
    );
    await expect(readLocalTree(path.join(folder, 'missing'), {}, 'here')).rejects.toThrow(
      'cannot read "here": no such file or directory',
    );
  }));

test('a path over a link is where the link leads, and never outside of the root', () =>
  withTempFolder(async (folder) => {
    const root = path.join(folder, 'root');
    await fill(folder, ['root/real/x.yaml', 'elsewhere/secret.yaml']);
    await symlink('real', path.join(root, 'link'));
    await symlink('../elsewhere', path.join(root, 'out'));
    const tree = await readLocalTree(root, { path: 'link' }, 'here');
    expect(tree.files.map((file) => file.path)).toEqual(['real/x.yaml']);
    await expect(readLocalTree(root, { path: './out' }, 'here')).rejects.toThrow(
      'cannot read "here": its path "./out" leads out of it',
    );
  }));

test('what .signetignore files, also above the path, and the GitSync name is left out', () =>
  withTempFolder(async (folder) => {
    await fill(
      folder,
      ['a', 'b', 'sub/c', 'sub/d', 'e'].map((name) => `deploy/${name}.yaml`),
    );
    await writeFile(path.join(folder, '.signetignore'), '/deploy/a.yaml\nc.yaml\n');
    await writeFile(path.join(folder, 'deploy/sub/.signetignore'), '!c.yaml\nd.yaml\n');
    const tree = await readLocalTree(folder, { path: 'deploy', ignore: ['e.yaml'] }, 'here');
    expect(tree.files.map((file) => file.path)).toEqual(['deploy/b.yaml', 'deploy/sub/c.yaml']);
    expect(tree.skipped.toSorted((a, b) => (a.file < b.file ? -1 : 1))).toEqual([
      { file: 'deploy/a.yaml', reason: 'it is ignored by .signetignore, line 1' },
      { file: 'deploy/e.yaml', reason: 'it is ignored by spec.source.ignore, pattern 1' },
      { file: 'deploy/sub/d.yaml', reason: 'it is ignored by deploy/sub/.signetignore, line 2' },
    ]);
    await writeFile(path.join(folder, 'deploy/.signetignore'), new Uint8Array([0xff]));
    expect((await readLocalTree(folder, {}, 'here')).problems).toMatchObject([
      { file: 'deploy/.signetignore', code: 'GIT_IGNORE_REFUSED' },
    ]);
  }));
