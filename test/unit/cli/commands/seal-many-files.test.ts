import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli, withTempFolder } from '../../../support/run-cli.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

/** More than are sealed ahead of the result. */
const COUNT = 150;
const SEAL = ['seal', '-f', 'deploy', '--in-place', '--cert', 'cert.pem'];

const secretText = (name: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: shop}\nstringData: {key: value-of-${name}}\n`;

function withFiles(task: (folder: string, before: ReadonlyMap<string, string>) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
    await writeFile(path.join(folder, 'key.pem'), FIRST_KEY.privateKeyPem);
    await mkdir(path.join(folder, 'deploy'));
    const names = Array.from({ length: COUNT }, (_, index) => `s${String(index).padStart(3, '0')}`);
    const before = new Map(names.map((name) => [`${name}.yaml`, secretText(name)]));
    for (const [name, text] of before) await writeFile(path.join(folder, 'deploy', name), text);
    await task(folder, before);
  });
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(path.join(folder, 'deploy'))).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, 'deploy', name), 'utf8')));
  return new Map(names.map((name, at) => [name, texts[at] ?? '']));
}

test('every file of a large folder gets the value that was its own', () =>
  withFiles(async (folder, before) => {
    const { code, stderr } = await runCli(SEAL, { cwd: folder });
    expect([code, stderr]).toEqual([0, `signet: sealed ${COUNT} Secrets in ${COUNT} files\n`]);
    expect([...(await filesIn(folder)).keys()]).toEqual([...before.keys()]);
    const opened = await runCli(['unseal', '-f', 'deploy', '--private-key', 'key.pem', '-o', 'json'], { cwd: folder });
    const values = opened.stdout.matchAll(/"key": "([^"]+)"/g).map(([, value = '']) => atob(value));
    expect([...values]).toEqual([...before.keys()].map((name) => `value-of-${path.parse(name).name}`));
  }));

test('a fault in a late file leaves everything as it was, and every fault is told', () =>
  withFiles(async (folder, before) => {
    const broken = new Map([
      ...before,
      ['s120.yaml', 'kind: [Secret\n'],
      ['s140.yaml', secretText('s140').replace('value-of-s140', '7')],
    ]);
    for (const [name, text] of broken) await writeFile(path.join(folder, 'deploy', name), text);
    const { code, stderr } = await runCli(SEAL, { cwd: folder });
    expect(code).not.toBe(0);
    expect(stderr).toContain('deploy/s120.yaml');
    expect(stderr).toContain('deploy/s140.yaml');
    expect(stderr).toContain('nothing was sealed, and nothing written');
    expect(await filesIn(folder)).toEqual(broken);
  }));

test('a certificate that cannot be used leaves everything as it was', () =>
  withFiles(async (folder, before) => {
    await writeFile(path.join(folder, 'cert.pem'), 'no certificate');
    const { code, stderr } = await runCli(SEAL, { cwd: folder });
    expect(code).not.toBe(0);
    expect(stderr).toContain('cert.pem');
    expect(await filesIn(folder)).toEqual(before);
  }));

test('faults are told before what keeps the files from being sealed or written', () =>
  withFiles(async (folder, before) => {
    const deploy = path.join(folder, 'deploy');
    await writeFile(path.join(deploy, 's140.yaml'), 'kind: [Secret\n');
    const withFault = new Map([...before, ['s140.yaml', 'kind: [Secret\n']]);
    const expectFault = async () => {
      const { code, stderr } = await runCli(SEAL, { cwd: folder });
      expect([code, stderr.split(':')[2]]).toEqual([3, ' cannot parse deploy/s140.yaml']);
      expect(stderr).toContain('nothing was sealed, and nothing written');
    };
    await writeFile(path.join(folder, 'cert.pem'), 'no certificate');
    await expectFault();
    expect(await filesIn(folder)).toEqual(withFault);
    await writeFile(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
    // No name is left for the new content of the first file.
    const taken = Array.from({ length: 101 }, (_, index) => `.s000.yaml.signet-${index}`);
    for (const name of taken) await writeFile(path.join(deploy, name), '');
    await expectFault();
    expect(await filesIn(folder)).toEqual(new Map([...taken.map((name) => [name, ''] as const).sort(), ...withFault]));
  }));

test.each([
  ['as warnings', [], 'warning', 'cert.pem'],
  ['as errors before all else with --strict', ['--strict'], 'error', 'nothing was sealed, and nothing written'],
])('probable mistakes are told beside a certificate that cannot be used, %s', (_how, flags, kind, last) =>
  withFiles(async (folder) => {
    await writeFile(path.join(folder, 'cert.pem'), 'no certificate');
    await writeFile(path.join(folder, 'deploy', 's140.yaml'), secretText('s140').replace('value-of-s140', '"v\\n"'));
    const { code, stderr } = await runCli([...SEAL, ...flags], { cwd: folder });
    expect(code).not.toBe(0);
    expect(stderr.split('\n')[0]).toMatch(new RegExp(`^signet: ${kind}: deploy/s140\\.yaml:1: .*ends in a line break`));
    expect(stderr).toContain(last);
  }),
);
