import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withPrivateFile } from '../../../../cli/terminal/private-file.ts';
import { withTempFolder } from '../../../support/run-cli.ts';

const FILE = { name: 'values.yaml', text: 'a: ""\n' };

test('withPrivateFile keeps file and folder to the user, in the folder for such things', () =>
  withTempFolder(async (folder) => {
    const read = await withPrivateFile({ env: { XDG_RUNTIME_DIR: folder } }, FILE, async (file) => {
      expect(path.dirname(path.dirname(file.path))).toBe(folder);
      expect(statSync(file.path).mode & 0o777).toBe(0o600);
      expect(statSync(path.dirname(file.path)).mode & 0o777).toBe(0o700);
      writeFileSync(file.path, 'a: b\n');
      return new TextDecoder().decode(file.read());
    });
    expect(read).toBe('a: b\n');
    expect(readdirSync(folder)).toEqual([]);
  }));

test('withPrivateFile overwrites everything in its folder before it goes, when the task fails, too', () =>
  withTempFolder(async (folder) => {
    const [kept, copy] = [path.join(folder, 'kept'), path.join(folder, 'copy')];
    const task = withPrivateFile({ env: { XDG_RUNTIME_DIR: folder } }, FILE, async (file) => {
      writeFileSync(file.path, 'hunter2');
      mkdirSync(path.join(path.dirname(file.path), 'backup'));
      writeFileSync(path.join(path.dirname(file.path), 'backup', 'copy'), 'hunter2');
      // What is left of the content can only be seen through other names of the same files.
      linkSync(file.path, kept);
      linkSync(path.join(path.dirname(file.path), 'backup', 'copy'), copy);
      throw new Error('the editor failed');
    });
    await expect(task).rejects.toThrow('the editor failed');
    expect([readFileSync(kept), readFileSync(copy)]).toEqual([Buffer.alloc(7), Buffer.alloc(7)]);
    expect(readdirSync(folder).sort()).toEqual(['copy', 'kept']);
  }));

test('withPrivateFile passes over a folder that is not there, or is no absolute path', async () => {
  for (const XDG_RUNTIME_DIR of ['/nonexistent/signet', 'relative']) {
    const used = await withPrivateFile({ env: { XDG_RUNTIME_DIR } }, FILE, async (file) => file.path);
    expect(path.isAbsolute(used)).toBe(true);
    expect(existsSync(path.dirname(used))).toBe(false);
  }
});

test('withPrivateFile tells when the editor took the file away', () =>
  withTempFolder(async (folder) => {
    const task = withPrivateFile({ env: { XDG_RUNTIME_DIR: folder } }, FILE, async (file) => {
      rmSync(file.path);
      return file.read();
    });
    await expect(task).rejects.toMatchObject({ code: 'CLI_EDITOR_FAILED' });
  }));

test('withPrivateFile gets over an editor that removes the whole folder', () =>
  withTempFolder(async (folder) => {
    const removing = withPrivateFile({ env: { XDG_RUNTIME_DIR: folder } }, FILE, async (file) => {
      rmSync(path.dirname(file.path), { recursive: true });
      return file.read();
    });
    await expect(removing).rejects.toMatchObject({
      code: 'CLI_EDITOR_FAILED',
      message: expect.stringContaining('no such file or directory'),
    });
  }));

test('withPrivateFile does not wait for a pipe that an editor leaves in place of the file', () =>
  withTempFolder(async (folder) => {
    const leaving = withPrivateFile({ env: { XDG_RUNTIME_DIR: folder } }, FILE, async (file) => {
      rmSync(file.path);
      execFileSync('mkfifo', [file.path]);
      return file.read();
    });
    await expect(leaving).rejects.toMatchObject({
      code: 'CLI_EDITOR_FAILED',
      message: 'cannot read the edited text: it is no regular file',
    });
    expect(readdirSync(folder)).toEqual([]);
  }));
