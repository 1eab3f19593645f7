/** @module The configuration of a controller within a test: the defaults of the flags, on ports that the system chooses. */
import type { ControllerConfig } from '../../controller/config/config.ts';
import { loadConfig } from '../../controller/config/load-config.ts';

/** What `flags`, and no variable, give for a controller in `namespace`. @throws when they are wrong. */
export function controllerConfig(namespace: string, ...flags: readonly string[]): ControllerConfig {
  const place = [
    ['--namespace', namespace],
    ['--listen-addr', '127.0.0.1:0'],
    ['--listen-metrics-addr', '127.0.0.1:0'],
  ].flat();
  const result = loadConfig([...place, ...flags], {
    variables: {},
    serviceAccountNamespace: undefined,
    version: 'v0.0.0',
  });
  if (result.kind !== 'config') throw new Error(JSON.stringify(result));
  return result.config;
}
