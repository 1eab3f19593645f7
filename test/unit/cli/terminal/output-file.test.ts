import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { claimUnchanged, FileChangedError } from '../../../../cli/terminal/file-claims.ts';
import { OutputBatch, writeOutputFiles } from '../../../../cli/terminal/output-file.ts';
import type { OutputFile } from '../../../../cli/terminal/output-target.ts';
import { withTempFolder } from '../../../support/run-cli.ts';

const { signal } = new AbortController();

function output(folder: string, name: string, content: string, access: OutputFile['access'] = 'public'): OutputFile {
  return { name, path: path.join(folder, name), content, access };
}

test('a public file keeps the mode that it had, and a new one is readable by others', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'old'), 'before');
    await chmod(path.join(folder, 'old'), 0o640);
    await writeOutputFiles([output(folder, 'old', 'after'), output(folder, 'new', 'x')], signal);
    expect(await readFile(path.join(folder, 'old'), 'utf8')).toBe('after');
    expect((await stat(path.join(folder, 'old'))).mode & 0o777).toBe(0o640);
    expect((await stat(path.join(folder, 'new'))).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(await readdir(folder)).toEqual(['new', 'old']);
  }));

test('a private file can be read by its owner alone, whatever its mode was', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'old'), 'before', { mode: 0o644 });
    await writeOutputFiles([output(folder, 'old', 'secret', 'private')], signal);
    expect((await stat(path.join(folder, 'old'))).mode & 0o777).toBe(0o600);
  }));

test('a symbolic link stays one, and what it points to is written', () =>
  withTempFolder(async (folder) => {
    await mkdir(path.join(folder, 'real'));
    await writeFile(path.join(folder, 'real/file'), 'before');
    await symlink('real/file', path.join(folder, 'link'));
    await writeOutputFiles([output(folder, 'link', 'after')], signal);
    expect(await readlink(path.join(folder, 'link'))).toBe('real/file');
    expect(await readFile(path.join(folder, 'real/file'), 'utf8')).toBe('after');
  }));

test('a symbolic link to nothing is refused', () =>
  withTempFolder(async (folder) => {
    await symlink('gone', path.join(folder, 'link'));
    await expect(writeOutputFiles([output(folder, 'link', 'x')], signal)).rejects.toMatchObject({
      code: 'CLI_OUTPUT_FAILED',
      message: 'cannot write "link": it is a symbolic link to nothing',
    });
    expect(await readdir(folder)).toEqual(['link']);
  }));

test('when one of several files cannot be written, none is, and nothing is left behind', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'first'), 'before');
    const files = [output(folder, 'first', 'after'), output(folder, 'missing/second', 'after')];
    await expect(writeOutputFiles(files, signal)).rejects.toMatchObject({ code: 'CLI_OUTPUT_FAILED' });
    expect(await readFile(path.join(folder, 'first'), 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['first']);
  }));

test('an interrupt before the first file is replaced changes nothing', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'first'), 'before');
    const aborted = AbortSignal.abort();
    await expect(writeOutputFiles([output(folder, 'first', 'after')], aborted)).rejects.toBe(aborted.reason);
    expect(await readFile(path.join(folder, 'first'), 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['first']);
  }));

test('what an earlier run left behind stands in nobody’s way, and is not touched', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, '.file.signet-0'), 'left over');
    await writeOutputFiles([output(folder, 'file', 'new')], signal);
    expect(await readFile(path.join(folder, '.file.signet-0'), 'utf8')).toBe('left over');
    expect(await readdir(folder)).toEqual(['.file.signet-0', 'file']);
  }));

test('a file that its owner made read-only stays as it is', async (context) => {
  context.skip(process.getuid?.() === 0, 'root may write any file');
  await withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'file'), 'before', { mode: 0o444 });
    await expect(writeOutputFiles([output(folder, 'file', 'after')], signal)).rejects.toThrow('permission denied');
    expect(await readFile(path.join(folder, 'file'), 'utf8')).toBe('before');
  });
});

test('a device is written to and not replaced', async () => {
  await writeOutputFiles([{ name: 'null', path: '/dev/null', content: 'x', access: 'public' }], signal);
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
});

test('a file that must be new takes no other place, also when somebody is faster', () =>
  withTempFolder(async (folder) => {
    const file = (name: string) => ({ ...output(folder, name, 'backup', 'private'), isNew: true });
    await writeOutputFiles([file('new')], signal);
    expect(await readFile(path.join(folder, 'new'), 'utf8')).toBe('backup');
    expect((await stat(path.join(folder, 'new'))).mode & 0o777).toBe(0o600);
    await writeFile(path.join(folder, 'old'), 'before');
    await expect(writeOutputFiles([file('old')], signal)).rejects.toMatchObject({
      code: 'CLI_OUTPUT_FAILED',
      message: 'cannot write "old": it exists already',
    });
    const batch = new OutputBatch(signal);
    await batch.stage(file('raced'));
    await writeFile(path.join(folder, 'raced'), 'faster');
    await expect(batch.commit()).rejects.toMatchObject({ message: 'cannot write "raced": it exists already' });
    expect(await readFile(path.join(folder, 'old'), 'utf8')).toBe('before');
    expect(await readFile(path.join(folder, 'raced'), 'utf8')).toBe('faster');
    expect((await readdir(folder)).sort()).toEqual(['new', 'old', 'raced']);
  }));

test('a device that must be new is written to', () =>
  withTempFolder(async (folder) => {
    const device = { ...output(folder, 'null', 'backup', 'private'), path: '/dev/null', isNew: true };
    await writeOutputFiles([device], signal);
    expect(await readdir(folder)).toEqual([]);
  }));

test('a file that is not as it was read stays as somebody else left it, and so do those that are written with it', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'a'), 'a before');
    await writeFile(path.join(folder, 'b'), 'theirs');
    const read = (text: string) => new TextEncoder().encode(text);
    const files = [
      { ...output(folder, 'a', 'mine'), readAs: read('a before') },
      { ...output(folder, 'b', 'mine'), readAs: read('before') },
    ];
    const writing = writeOutputFiles(files, signal);
    await expect(writing).rejects.toBeInstanceOf(FileChangedError);
    await expect(writing).rejects.toMatchObject({
      code: 'CLI_OUTPUT_FAILED',
      message: 'cannot write "b": it was changed meanwhile',
    });
    expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('a before');
    expect(await readFile(path.join(folder, 'b'), 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['a', 'b']);
    const gone = writeOutputFiles([{ ...output(folder, 'c', 'mine'), readAs: read('before') }], signal);
    await expect(gone).rejects.toThrow('cannot write "c": it was changed meanwhile');
    await writeOutputFiles([{ ...output(folder, 'a', 'mine'), readAs: read('a before') }], signal);
    expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('mine');
  }));

test('a file that somebody else is about to replace is left to them', () =>
  withTempFolder(async (folder) => {
    const lock = path.join(folder, '.file.signet-lock');
    await writeFile(path.join(folder, 'file'), 'before');
    await writeFile(lock, '');
    const file = { ...output(folder, 'file', 'mine'), readAs: new TextEncoder().encode('before') };
    await expect(writeOutputFiles([file], signal)).rejects.toThrow(
      'cannot write "file": somebody else is writing it now',
    );
    expect(await readdir(folder)).toEqual(['.file.signet-lock', 'file']);
  }));

test('a claim that was left behind long ago is taken over', () =>
  withTempFolder(async (folder) => {
    const [place, temporary] = ['file', '.file.signet-0'].map((name) => path.join(folder, name)) as [string, string];
    const lock = path.join(folder, '.file.signet-lock');
    for (const file of [place, temporary]) await writeFile(file, 'before');
    await writeFile(lock, '');
    const claim = () =>
      claimUnchanged([{ name: 'file', path: place, readAs: new TextEncoder().encode('before'), temporary }]);
    // The clock is that of the file system: the new content was written so long after the claim was made.
    const setAge = async (ms: number) => utimes(temporary, new Date(), new Date((await stat(lock)).ctimeMs + ms));
    await setAge(9_000);
    expect(claim).toThrow('cannot write "file": somebody else is writing it now');
    await setAge(11_000);
    const release = claim();
    expect((await stat(lock)).ino).toBe((await stat(temporary)).ino);
    release();
    expect(await readdir(folder)).toEqual(['.file.signet-0', 'file']);
  }));

test('a claim of a process that was killed, whose file somebody else has replaced, holds nobody up', () =>
  withTempFolder(async (folder) => {
    const file = { ...output(folder, 'file', 'mine'), readAs: new TextEncoder().encode('theirs') };
    await writeFile(file.path, 'of the killed');
    await link(file.path, path.join(folder, '.file.signet-lock'));
    await expect(writeOutputFiles([file], signal)).rejects.toThrow('somebody else is writing it now');
    await writeFile(path.join(folder, 'new'), 'theirs');
    await rename(path.join(folder, 'new'), file.path);
    await writeOutputFiles([file], signal);
    expect(await readFile(file.path, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['file']);
  }));

test('a pipe cannot be changed in place', () =>
  withTempFolder(async (folder) => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    const file = { ...output(folder, 'pipe', 'mine'), readAs: new Uint8Array() };
    await expect(writeOutputFiles([file], signal)).rejects.toThrow('cannot write "pipe": it is no regular file');
  }));

test('a folder in which nothing can be made is told as the cause', async (context) => {
  context.skip(!existsSync('/sys/kernel'), 'there is no such folder on this system');
  const file = { name: 'x', path: '/sys/kernel/signet-test', content: '', access: 'public' as const };
  await expect(writeOutputFiles([file], signal)).rejects.toMatchObject({
    code: 'CLI_OUTPUT_FAILED',
    hint: expect.stringContaining('their folder must be writable'),
  });
});
