/** @module `node test/control-plane/main.ts`: a control plane for a person to play with, until Ctrl-C. */
import { describeError } from '../../shared/errors/describe-error.ts';
import { startControlPlane } from './control-plane.ts';

const quit = new Promise<undefined>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(undefined));
});
// A promise alone keeps no process alive.
const awake = setInterval(() => undefined, 60_000);

try {
  const startedAt = Date.now();
  const plane = await Promise.race([startControlPlane({ report: (line) => console.error(line) }), quit]);
  // Whatever has been started by now ends with this process.
  if (plane === undefined) process.exit(130);
  console.error(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C ends it and removes everything`);
  console.log(`export KUBECONFIG='${plane.kubeconfigPath}'`);
  console.log(`alias kubectl='${plane.kubectlPath}'`);
  await quit;
  await plane.stop();
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
} finally {
  clearInterval(awake);
}
