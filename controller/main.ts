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
import type { ControllerConfig, LogConfig } from './config/config.ts';
import { loadConfig } from './config/load-config.ts';
import { VERSION } from './config/version-number.ts';
import type { Logger } from './logging/logger.ts';
import { createLogger, type LogLevel } from './logging/pino-logger.ts';
import { createTextLogger } from './logging/text-logger.ts';
import { stopOnSignals } from './shutdown.ts';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const STOP_WITHIN_MS = 10_000;
const EXIT_WRONG_USE = 2;
/** Stands where there is no folder for Git mirrors: nothing can be made in it. */
const NO_FOLDER = '/dev/null/signet';

main().catch(fail);

async function main(): Promise<void> {
  const result = loadConfig(process.argv.slice(2), {
    variables: process.env,
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
  const logger = createLoggerFor(config.log);
  for (const notice of config.notices) logger.info({}, notice);
  const ownFolder = await makeCacheFolder(config, logger);
  const controller = composeController({
    config,
    connection,
    logger,
    now: () => new Date(),
    random: Math.random,
    processors: availableParallelism(),
    version: VERSION,
    cacheDirectory: path.resolve(config.cacheDirectory ?? ownFolder ?? NO_FOLDER),
    gitVariables: process.env,
  });
  const stop = async () => {
    await controller.stop();
    if (ownFolder !== null) await rm(ownFolder, { recursive: true, force: true });
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
  // Without a listener Node would open its debugger on this signal. Windows has none such.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => controller.renewKey());
  const addresses = await controller.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  logger.info(
    { version: VERSION, cluster: connection.describe(), namespace: config.namespace, ...addresses },
    'controller started',
  );
}

function createLoggerFor({ level, format, infoOnStdout }: LogConfig): Logger {
  const write = (line: string, severity: LogLevel): void => {
    const isInfo = severity === 'debug' || severity === 'info';
    (isInfo && infoOnStdout ? process.stdout : process.stderr).write(line);
  };
  return format === 'json' ? createLogger({ level, write }) : createTextLogger({ level, write, now: () => new Date() });
}

/** A private folder, or null where none is needed or can be made: SealedSecrets are unsealed all the same. */
async function makeCacheFolder({ sync, cacheDirectory }: ControllerConfig, logger: Logger): Promise<string | null> {
  if (!sync || cacheDirectory !== undefined) return null;
  try {
    return await mkdtemp(path.join(tmpdir(), 'signet-'));
  } catch (error) {
    logger.warn({ error: describeError(error) }, 'cannot make a folder for Git mirrors: name one with --cache-dir');
    return null;
  }
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
