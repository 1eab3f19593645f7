/** @module The controller as a program: environment, flags, exit code. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { CodedError } from '../shared/errors/coded-error.ts';
import { describeError } from '../shared/errors/describe-error.ts';
import type { ClusterConnection } from '../shared/kube/connection.ts';
import { inClusterConnection } from '../shared/kube/in-cluster.ts';
import { loadKubeconfig } from '../shared/kube/kubeconfig.ts';
import { composeController } from './compose.ts';
import type { ControllerConfig } from './config/config.ts';
import { loadConfig } from './config/load-config.ts';
import { VERSION } from './config/version-number.ts';
import { createLogger } from './logging/pino-logger.ts';
import { stopOnSignals } from './shutdown.ts';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const STOP_WITHIN_MS = 10_000;
const EXIT_WRONG_USE = 2;

main().catch(fail);

async function main(): Promise<void> {
  const result = loadConfig(process.argv.slice(2), {
    podNamespace: process.env['POD_NAMESPACE'],
    serviceAccountNamespace: await readFile(NAMESPACE_FILE, 'utf8').catch(() => undefined),
    version: VERSION,
  });
  switch (result.kind) {
    case 'print':
      process.stdout.write(result.text);
      return;
    case 'problems':
      process.stderr.write(result.problems.map((problem) => `error: ${problem}\n`).join(''));
      process.exitCode = EXIT_WRONG_USE;
      return;
    case 'config':
      await run(result.config);
  }
}

async function run(config: ControllerConfig): Promise<void> {
  const connection = await connect(config);
  const logger = createLogger({ level: config.logLevel, write: (line) => process.stdout.write(line) });
  const cacheDirectory = config.cacheDirectory ?? (await mkdtemp(path.join(tmpdir(), 'signet-')));
  const controller = composeController({
    config,
    connection,
    logger,
    now: () => new Date(),
    random: Math.random,
    processors: availableParallelism(),
    version: VERSION,
    cacheDirectory: path.resolve(cacheDirectory),
    gitVariables: process.env,
  });
  const stop = async () => {
    await controller.stop();
    if (config.cacheDirectory === undefined) await rm(cacheDirectory, { recursive: true, force: true });
  };
  stopOnSignals({
    signals: process,
    stop,
    raise: (signal) => process.kill(process.pid, signal),
    setExitCode: (code) => {
      process.exitCode = code;
    },
    logger,
    deadlineMs: STOP_WITHIN_MS,
  });
  const { address, metricsAddress } = await controller.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  logger.info(
    { version: VERSION, cluster: connection.describe(), namespace: config.namespace, address, metricsAddress },
    'controller started',
  );
}

async function connect({ kubeconfig }: ControllerConfig): Promise<ClusterConnection> {
  if (kubeconfig !== undefined) return loadKubeconfig({ path: kubeconfig, env: process.env });
  const connection = await inClusterConnection(process.env);
  if (connection !== null) return connection;
  throw new Error('the program does not run in a cluster: name one with --kubeconfig');
}

function fail(error: unknown): void {
  process.stderr.write(`error: ${describeError(error)}\n`);
  if (error instanceof CodedError && error.hint !== undefined) process.stderr.write(`hint: ${error.hint}\n`);
  process.exitCode = 1;
}
