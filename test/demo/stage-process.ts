/**
 * @module The process that holds the demo's cluster. It ends with the process that started it unless it was told to stay.
 */
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import type { StageMessage, StageOrder } from './stage-messages.ts';

let opening: Promise<SignetCluster> | undefined;
let ending: Promise<void> | undefined;
let isKept = false;

function tell(message: StageMessage): void {
  if (process.connected) process.send?.(message);
}

function progress(line: string): void {
  tell({ kind: 'progress', line });
}

async function start(): Promise<void> {
  opening = startSignetCluster(progress);
  const cluster = await opening;
  const { controlPlane, git, folder, controllerLog } = cluster;
  const repository = await git.createRepository('config');
  const controller = await cluster.startController();
  await controller.ready();
  progress(
    'the controller runs as a process of its own, with the token of ServiceAccount signet-system/signet-controller',
  );
  tell({
    kind: 'ready',
    stage: {
      pid: process.pid,
      folder,
      kubeconfig: controlPlane.kubeconfigPath,
      kubectl: controlPlane.kubectlPath,
      repository: repository.folder,
      url: repository.url,
      controllerLog,
    },
  });
}

function end(): Promise<void> {
  ending ??= (async () => {
    const cluster = await opening?.catch(() => undefined);
    await cluster?.stop();
    if (process.connected) process.disconnect();
  })();
  return ending;
}

process.on('message', (order: StageOrder) => {
  if (order.kind === 'keep') isKept = true;
  else void end();
});
process.on('disconnect', () => {
  if (!isKept) void end();
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end());

try {
  await start();
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  await end();
  process.exitCode = 1;
}
