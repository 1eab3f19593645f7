/** @module The one place of test/control-plane and test/peers that reads the environment of the process. */
import { accessSync, constants, statSync } from 'node:fs';
import { arch, homedir, platform, tmpdir } from 'node:os';
import path from 'node:path';

/** What the machine offers, read once and passed down. */
export interface MachineEnvironment {
  /** Folder of `KUBEBUILDER_ASSETS`, where binaries are taken from first; undefined when not set. */
  readonly assetsFolder: string | undefined;
  /** Parent of every cache folder of Signet: `$XDG_CACHE_HOME/signet` or `~/.cache/signet`. */
  readonly cacheFolder: string;
  /** Where private folders of running control planes are made. */
  readonly temporaryFolder: string;
  /** Go's name of the operating system, such as `linux`. */
  readonly os: string;
  /** Go's name of the processor architecture, such as `amd64`. */
  readonly arch: string;
  /** The environment that programs which are built or started inherit. */
  readonly variables: Readonly<NodeJS.ProcessEnv>;
}

const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The environment of this process; relative folders in variables are ignored, as the XDG rules say. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): MachineEnvironment {
  const assets = variables['KUBEBUILDER_ASSETS'];
  const xdgCache = variables['XDG_CACHE_HOME'];
  const cacheHome = xdgCache !== undefined && path.isAbsolute(xdgCache) ? xdgCache : path.join(homedir(), '.cache');
  return Object.freeze({
    assetsFolder: assets === undefined || assets === '' ? undefined : path.resolve(assets),
    cacheFolder: path.join(cacheHome, 'signet'),
    temporaryFolder: tmpdir(),
    os: platform() === 'win32' ? 'windows' : platform(),
    arch: GO_ARCHITECTURES[arch()] ?? arch(),
    variables: { ...variables },
  });
}

/** Full path of the executable `name` on `PATH`, or undefined. */
export function findOnPath(name: string, variables: Readonly<NodeJS.ProcessEnv>): string | undefined {
  for (const folder of (variables['PATH'] ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, name);
    if (path.isAbsolute(folder) && isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** Whether `file` is a regular file that this user may execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
