/**
 * @module Finds each program of the control plane, one by one: KUBEBUILDER_ASSETS, the cache, the official release,
 * a build from pinned Go modules. What was fetched or built is cached for the next time.
 */
import path from 'node:path';
import { describeError } from '../../shared/errors/describe-error.ts';
import { DOWNLOAD_DEADLINES, type DownloadDeadlines, downloadBinary } from './download-binary.ts';
import { findOnPath, isExecutable, type MachineEnvironment } from './environment.ts';
import { ControlPlaneError } from './errors.ts';
import { buildWithGo, findGo } from './go-build.ts';
import {
  CONTROL_PLANE_BINARIES,
  type ControlPlaneBinary,
  goCommand,
  OFFICIAL_SITES,
  pinnedVersion,
  type ReleaseSites,
  releaseFile,
} from './pinned-versions.ts';

/** The path of every program. */
export type ControlPlanePaths = Readonly<Record<ControlPlaneBinary, string>>;

/** What the search may use. */
export interface BinarySearch {
  readonly environment: MachineEnvironment;
  /** Receives one line for each step that takes time and for each fallback. */
  readonly report: (line: string) => void;
  /** Default: the official release sites. */
  readonly sites?: ReleaseSites;
  /** Default: DOWNLOAD_DEADLINES. */
  readonly deadlines?: DownloadDeadlines;
}

/**
 * The paths of all programs; brings those that are missing.
 * @throws ControlPlaneError `CONTROL_PLANE_BINARY_MISSING` or `CONTROL_PLANE_BUILD_FAILED`.
 */
export async function findControlPlaneBinaries(search: BinarySearch): Promise<ControlPlanePaths> {
  const downloads = new Downloads(search);
  const paths = new Map<ControlPlaneBinary, string>();
  for (const binary of CONTROL_PLANE_BINARIES) paths.set(binary, await findBinary(binary, search, downloads));
  return Object.fromEntries(paths) as Record<ControlPlaneBinary, string>;
}

/** Where `binary` lies in the cache once it has been brought: `control-plane/<version>-<os>-<arch>/<binary>`. */
export function cachedPath(binary: ControlPlaneBinary, environment: MachineEnvironment): string {
  const folder = `${pinnedVersion(binary)}-${environment.os}-${environment.arch}`;
  return path.join(environment.cacheFolder, 'control-plane', folder, binary);
}

async function findBinary(binary: ControlPlaneBinary, search: BinarySearch, downloads: Downloads): Promise<string> {
  const { environment, report } = search;
  const asset = environment.assetsFolder === undefined ? undefined : path.join(environment.assetsFolder, binary);
  if (asset !== undefined && isExecutable(asset)) return asset;
  const cached = cachedPath(binary, environment);
  if (isExecutable(cached) || (await downloads.bring(binary, cached))) return cached;
  const go = findGo(environment);
  if (go !== undefined) {
    await buildWithGo(go, goCommand(binary), cached, { environment, report });
    return cached;
  }
  return useUnpinnedKubectl(binary, search) ?? refuse(binary, downloads.failure);
}

/** The API server decides what the tests see; an unpinned kubectl beats no tests at all. */
function useUnpinnedKubectl(binary: ControlPlaneBinary, search: BinarySearch): string | undefined {
  const found = binary === 'kubectl' ? findOnPath(binary, search.environment.variables) : undefined;
  if (found !== undefined) search.report(`using "${found}" in place of kubectl ${pinnedVersion('kubectl')}`);
  return found;
}

function refuse(binary: ControlPlaneBinary, downloadFailure: string): never {
  throw new ControlPlaneError(
    'CONTROL_PLANE_BINARY_MISSING',
    `cannot bring ${binary} ${pinnedVersion(binary)}: ${downloadFailure}, and there is no Go on PATH to build it with`,
    { hint: 'install Go 1.25 or newer, or name a folder with the binaries in KUBEBUILDER_ASSETS' },
  );
}

/** Downloads of one search: a site that cannot be reached is not asked again for the next program. */
class Downloads {
  failure = 'releases are downloaded on Linux only';
  readonly #search: BinarySearch;
  readonly #unreachable = new Set<string>();

  constructor(search: BinarySearch) {
    this.#search = search;
  }

  async bring(binary: ControlPlaneBinary, target: string): Promise<boolean> {
    const { environment, report, sites = OFFICIAL_SITES, deadlines = DOWNLOAD_DEADLINES } = this.#search;
    if (environment.os !== 'linux') return false;
    const file = releaseFile(binary, environment.os, environment.arch, sites);
    const { host } = new URL(file.url);
    if (this.#unreachable.has(host)) return false;
    try {
      report(`downloading ${binary} ${pinnedVersion(binary)} from ${host}`);
      await downloadBinary(file, target, deadlines);
      return true;
    } catch (error) {
      this.failure = describeError(error);
      this.#unreachable.add(host);
      report(`${this.failure}; going on without downloads from ${host}`);
      return false;
    }
  }
}
