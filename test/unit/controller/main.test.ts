import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { listenLocally } from '../../support/listen-locally.ts';

const PROGRAM = fileURLToPath(new URL('../../../controller/main.ts', import.meta.url));

/** Starting a program takes a second, and more on a machine that is busy. */
const SLOW = { timeout: 60_000 };

interface Run {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
}

/** The program with `variables` and no others. */
function start(flags: readonly string[], variables: Readonly<Record<string, string>> = {}): Run {
  const env = { PATH: process.env['PATH'], ...variables };
  const child = spawn(process.execPath, [PROGRAM, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const run: Run = { child, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    run.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    run.stderr += text;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return run;
}

async function finish(run: Run): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await once(run.child, 'close');
  return { code: run.child.exitCode, stdout: run.stdout, stderr: run.stderr };
}

test('--version needs no cluster', SLOW, async () => {
  const { code, stdout, stderr } = await finish(start(['--version'], { SEALED_SECRETS_KEY_TTL: 'junk' }));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^controller version: v[0-9]+\.[0-9]+\.[0-9]+\n$/);
});

test('a variable that cannot be read stops the start with one sentence and exit code 2', SLOW, async () => {
  const result = await finish(start(['--key-size=big'], { SEALED_SECRETS_KEY_RENEW_PERIOD: '30d' }));
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^error: --key-size is "big", expected /),
    expect.stringMatching(/^error: SEALED_SECRETS_KEY_RENEW_PERIOD is "30d", expected .*720h/),
  ]);
});

/** A kubeconfig of an API server that refuses everything. */
async function refusingCluster(): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(403).end('{}'));
  const port = await listenLocally(server);
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-main-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const file = path.join(folder, 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${port}` };
  const text = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(file, JSON.stringify(text));
  return file;
}

const PORTS = ['--listen-addr=127.0.0.1:0', '--listen-metrics-addr=127.0.0.1:0', '--no-sync'];

test('as in sealed-secrets, lines up to info go to stdout and warnings to stderr, as text', SLOW, async () => {
  const run = start([...PORTS, '--kubeclient-qps=5', '--kubeconfig', await refusingCluster()]);
  await eventually(() => {
    expect(run.stdout).toMatch(/^time=\S+ level=INFO msg="--kubeclient-qps has no effect: [^"]+"$/m);
    expect(run.stdout).toMatch(/level=INFO msg="controller started"/);
    expect(run.stderr).toMatch(/^time=\S+ level=WARN msg="cannot watch /m);
  });
  expect(run.stdout).not.toContain('level=WARN');
  expect(run.stderr).not.toContain('level=INFO');
});

test(
  'with --log-info-stdout=false everything goes to stderr, and with --log-format=json each line is JSON',
  SLOW,
  async () => {
    const flags = [...PORTS, '--log-info-stdout=false', '--log-format=json', '--kubeconfig', await refusingCluster()];
    const run = start(flags);
    await eventually(() => expect(run.stderr).toContain('"controller started"'));
    for (const line of run.stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    expect(run.stdout).toBe('');
  },
);
