import { execFileSync, spawn } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  findInputs,
  isSameFile,
  MAX_INPUT_BYTES,
  readInputFile,
  readStdin,
} from '../../../../cli/terminal/input-files.ts';
import type { Io } from '../../../../cli/terminal/io.ts';
import { withTempFolder } from '../../../support/run-cli.ts';

const ioIn = (cwd: string): Io => ({ cwd }) as Io;

test('findInputs of a directory gives its manifests sorted, without hidden folders, links and node_modules', () =>
  withTempFolder(async (folder) => {
    for (const name of ['b.yml', 'a/z.yaml', 'a/b.json', 'c.txt', '.git/x.yaml', 'node_modules/x.yaml']) {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), 'x');
    }
    await symlink('b.yml', path.join(folder, 'link.yaml'));
    await symlink('a', path.join(folder, 'linked'));
    const names = findInputs(ioIn(folder), '.').map(({ name, isFromDirectory }) => [name, isFromDirectory]);
    expect(names).toEqual([
      ['a/b.json', true],
      ['a/z.yaml', true],
      ['b.yml', true],
    ]);
  }));

test('findInputs of a link is the file behind it, under the name that the user gave', () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'real.yaml'), 'x');
    await symlink('real.yaml', path.join(folder, 'link.yaml'));
    expect(findInputs(ioIn(folder), 'link.yaml')).toEqual([
      { name: 'link.yaml', path: path.join(folder, 'real.yaml'), isFromDirectory: false },
    ]);
    expect(isSameFile(path.join(folder, 'link.yaml'), path.join(folder, 'real.yaml'))).toBe(true);
    expect(isSameFile(path.join(folder, 'link.yaml'), path.join(folder, 'other.yaml'))).toBe(false);
  }));

test('readInputFile takes the largest size that is allowed, and not one byte more', () =>
  withTempFolder(async (folder) => {
    const place = { name: 'big', path: path.join(folder, 'big'), isFromDirectory: false };
    await writeFile(place.path, '');
    await truncate(place.path, MAX_INPUT_BYTES);
    expect((await readInputFile(place)).bytes.length).toBe(MAX_INPUT_BYTES);
    await truncate(place.path, MAX_INPUT_BYTES + 1);
    await expect(readInputFile(place)).rejects.toMatchObject({ code: 'CLI_INPUT_TOO_LARGE' });
  }));

test('readInputFile reads a pipe, as of a shell that substitutes a process', () =>
  withTempFolder(async (folder) => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'printf "kind: Secret" > "$0"', pipe], { stdio: 'ignore' });
    const { bytes } = await readInputFile({ name: 'pipe', path: pipe, isFromDirectory: false });
    expect(new TextDecoder().decode(bytes)).toBe('kind: Secret');
    expect(writer.exitCode ?? 0).toBe(0);
  }));

test('readStdin joins its pieces and stops at the bound', async () => {
  const piece = new Uint8Array(1024 * 1024);
  const stdin = (pieces: number) => ({
    isTty: false,
    async *[Symbol.asyncIterator]() {
      for (let count = 0; count < pieces; count += 1) yield piece;
    },
  });
  expect((await readStdin({ stdin: stdin(3) } as unknown as Io)).bytes.length).toBe(3 * piece.length);
  await expect(readStdin({ stdin: stdin(33) } as unknown as Io)).rejects.toMatchObject({ code: 'CLI_INPUT_TOO_LARGE' });
});
