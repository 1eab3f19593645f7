import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../cli/terminal/exit-codes.ts';
import { runCli, withTempFolder } from '../../support/run-cli.ts';
import { FIRST_KEY } from '../../support/test-keys.ts';

const SECRET =
  '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop"},"stringData":{"a":"hunter2"}}';

async function withCertificate<Result>(task: (cwd: string) => Promise<Result>): Promise<Result> {
  return withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'cert.pem'), FIRST_KEY.certificatePem);
    return task(cwd);
  });
}

describe('run', () => {
  test('ends quietly when nobody reads the result any more', () =>
    withCertificate(async (cwd) => {
      const writeStdout = async (): Promise<void> => {
        throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      };
      const result = await runCli(['seal', '--cert', 'cert.pem'], { cwd, stdin: SECRET, writeStdout });
      expect(result).toEqual({ code: EXIT.outputClosed, stdout: '', stderr: '' });
      expect((await runCli(['--help'], { cwd, writeStdout })).code).toBe(EXIT.outputClosed);
    }));

  test('says why standard output cannot be written', () =>
    withCertificate(async (cwd) => {
      const writeStdout = async (): Promise<void> => {
        throw Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
      };
      const result = await runCli(['seal', '--cert', 'cert.pem'], { cwd, stdin: SECRET, writeStdout });
      expect(result.code).toBe(EXIT.output);
      expect(result.stderr).toBe('signet: error: cannot write to standard output: no space left on the device\n');
    }));

  test('tells a person at a terminal what it waits for, and nobody else', () =>
    withCertificate(async (cwd) => {
      const argv = ['seal', '--cert', 'cert.pem'];
      const person = await runCli(argv, { cwd, stdin: SECRET, stdinIsTty: true });
      expect(person.stderr).toBe('signet: reading manifests from the terminal; end them with Ctrl-D\n');
      expect((await runCli(argv, { cwd, stdin: SECRET })).stderr).toBe('');
    }));

  test('an interrupt changes no file and ends with the code of one', () =>
    withCertificate(async (cwd) => {
      await writeFile(path.join(cwd, 'secret.json'), SECRET);
      const argv = ['seal', '-f', 'secret.json', '--cert', 'cert.pem', '-w', 'sealed.yaml'];
      const result = await runCli(argv, { cwd, signal: AbortSignal.abort() });
      expect(result).toEqual({ code: EXIT.interrupted, stdout: '', stderr: 'signet: interrupted\n' });
      expect((await runCli(['seal', '-f', 'sealed.yaml'], { cwd })).stderr).toContain('no such file');
    }));

  test('is called kubectl by kubectl', async () => {
    const { stdout } = await runCli(['seal', '--help'], { cwd: '/', programName: 'kubectl' });
    expect(stdout).toMatch(/^Usage: kubectl seal \[options\]/);
  });

  test('a plaintext appears in no output of a seal that fails or succeeds', () =>
    withCertificate(async (cwd) => {
      const broken = [
        SECRET.replace('"db"', 'null'),
        SECRET.replace('}}', '}'),
        SECRET.replace('stringData', 'data'),
        SECRET.replace('"hunter2"', '[hunter2]'),
        SECRET.replace('"a"', '"a","a"'),
        SECRET.replace('"a"', '"hunter2 key":"x","a"'),
      ];
      for (const stdin of [SECRET, ...broken]) {
        const { stdout, stderr } = await runCli(['seal', '--cert', 'cert.pem'], { cwd, stdin });
        expect(stdout + stderr.replace('hunter2 key', '')).not.toContain('hunter2');
      }
    }));

  test('a file name cannot steer the terminal', () =>
    withTempFolder(async (cwd) => {
      const { stderr } = await runCli(['seal', '-f', 'a\x1b[2J.yaml'], { cwd });
      expect(stderr).toContain('cannot read "a\\x1b[2J.yaml"');
    }));
});
