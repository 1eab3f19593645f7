import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli, withTempFolder } from '../../../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const MEANWHILE = 'cannot write "sealed.yaml": it was changed meanwhile';

const SECRET = [
  'apiVersion: v1',
  'kind: Secret',
  'metadata: {name: db, namespace: shop}',
  'stringData:',
  '  first: one',
  '  second: two',
  '',
].join('\n');

/** A folder with a certificate, its key, and `sealed.yaml` with two values. */
function withSealedFile(task: (folder: string) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
    await writeFile(path.join(folder, 'key.pem'), FIRST_KEY.privateKeyPem);
    await writeFile(path.join(folder, 'other-cert.pem'), SECOND_KEY.certificatePem);
    const sealed = await runCli(['seal', '--cert', 'cert.pem', '-w', 'sealed.yaml'], { cwd: folder, stdin: SECRET });
    expect(sealed.code).toBe(0);
    await task(folder);
  });
}

const textIn = (folder: string, name = 'sealed.yaml') => readFile(path.join(folder, name), 'utf8');

async function valuesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await runCli(['unseal', '-f', 'sealed.yaml', '--private-key', 'key.pem', '-o', 'json'], {
    cwd: folder,
  });
  const data: Readonly<Record<string, string>> = JSON.parse(stdout).data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]));
}

test('values of one file that are set at the same time are all in it', () =>
  withSealedFile(async (folder) => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const runs = keys.map((key) =>
      runCli(['set', 'sealed.yaml', key, '--cert', 'cert.pem'], { cwd: folder, stdin: key }),
    );
    const results = await Promise.all([...runs, runCli(['unset', 'sealed.yaml', 'second'], { cwd: folder })]);
    expect(results.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(results.map(() => ''));
    expect(await valuesIn(folder)).toEqual({ first: 'one', ...Object.fromEntries(keys.map((key) => [key, key])) });
  }));

test('one value that is set at the same time by two is told to one of them', () =>
  withSealedFile(async (folder) => {
    const set = (value: string) =>
      runCli(['set', 'sealed.yaml', 'first', '--cert', 'cert.pem'], { cwd: folder, stdin: value });
    const results = await Promise.all([set('x'), set('y')]);
    expect(results.map(({ code }) => code).sort()).toEqual([0, 7]);
    expect(results.map(({ stderr }) => stderr).join('')).toContain(MEANWHILE);
  }));

test('what is merged into one file at the same time is all in it', () =>
  withSealedFile(async (folder) => {
    const keys = ['a', 'b', 'c', 'd'];
    const results = await Promise.all(
      keys.map((key) =>
        runCli(['kubeseal', '--merge-into', 'sealed.yaml', '--cert', 'cert.pem'], {
          cwd: folder,
          stdin: `{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, stringData: {${key}: ${key}}}`,
        }),
      ),
    );
    expect(results.map(({ stderr }) => stderr)).toEqual(keys.map(() => ''));
    expect(await valuesIn(folder)).toMatchObject(Object.fromEntries(keys.map((key) => [key, key])));
  }));

test('an editor that was open while others worked on other values loses nothing', () =>
  withSealedFile(async (folder) => {
    await writeFile(path.join(folder, 'edit.sh'), 'echo "# theirs" >> sealed.yaml\nprintf "third: three" >> "$1"\n');
    const world = { cwd: folder, env: { EDITOR: 'sh edit.sh', PATH: process.env['PATH'] ?? '' } };
    const { code, stderr } = await runCli(['edit', 'sealed.yaml', '--cert', 'cert.pem'], world);
    expect([code, stderr]).toEqual([0, expect.stringContaining('set 1 of the values')]);
    expect(await textIn(folder)).toContain('# theirs');
    expect(await valuesIn(folder)).toEqual({ first: 'one', second: 'two', third: 'three' });
  }));

test('an editor that was open while others changed the same value, or the place of all, changes nothing', () =>
  withSealedFile(async (folder) => {
    const before = await textIn(folder);
    const changes = ['s/first: .*/first: AQtheirs/', 's/namespace: shop/namespace: other/', 's/name: db/name: other/'];
    for (const change of changes) {
      await writeFile(path.join(folder, 'sealed.yaml'), before);
      const lines = [`sed -i '${change}' sealed.yaml`, 'printf "first: mine\\nsecond:\\n" > "$1"'];
      await writeFile(path.join(folder, 'edit.sh'), lines.join('\n'));
      const world = { cwd: folder, env: { EDITOR: 'sh edit.sh', PATH: process.env['PATH'] ?? '' } };
      const { code, stderr } = await runCli(['edit', 'sealed.yaml', '--cert', 'cert.pem'], world);
      expect([change, code, stderr]).toEqual([change, 7, expect.stringContaining(MEANWHILE)]);
      expect(await textIn(folder)).toBe(execFileSync('sed', [change], { input: before, encoding: 'utf8' }));
    }
  }));

test('seal --in-place leaves a file alone that was changed since it was read', () =>
  withSealedFile(async (folder) => {
    await writeFile(path.join(folder, 'plain.yaml'), SECRET);
    const { code, stderr } = await runCli(['seal', '--in-place', '-f', 'plain.yaml', '--cert', 'cert.pem'], {
      cwd: folder,
      // The first look at the clock comes after the files were read.
      now: () => {
        appendFileSync(path.join(folder, 'plain.yaml'), '# theirs\n');
        return new Date();
      },
    });
    expect([code, stderr]).toEqual([7, expect.stringContaining('cannot write "plain.yaml": it was changed meanwhile')]);
    expect(await textIn(folder, 'plain.yaml')).toContain('first: one');
  }));

test('reseal leaves a file alone that was changed while the private key was fetched, and reads that from a pipe', () =>
  withSealedFile(async (folder) => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    const words = ['reseal', 'sealed.yaml', '--private-key', 'pipe', '--cert', 'other-cert.pem'];
    // The pipe opens when it is read, which is after the files were.
    const supply = 'exec 3> pipe; echo "# theirs" >> sealed.yaml; cat key.pem >&3';
    const supplier = spawn('sh', ['-c', supply], { cwd: folder, stdio: 'ignore' });
    const { code, stderr } = await runCli(words, { cwd: folder });
    expect(supplier.exitCode ?? 0).toBe(0);
    expect([code, stderr]).toEqual([7, expect.stringContaining(MEANWHILE)]);
  }));
