/**
 * @module Finds the programs that Signet is compared with: in the cache, or built from pinned Go modules. A machine that
 * cannot build them gets a reason, which the tests that need them print as they skip.
 */
import path from 'node:path';
import { describeError } from '../../shared/errors/describe-error.ts';
import { isExecutable, type MachineEnvironment, readEnvironment } from '../control-plane/environment.ts';
import { buildWithGo, findGo, type GoCommand } from '../control-plane/go-build.ts';
import { findNamespaceObstacle } from './in-cluster-process.ts';

/** The peers that can be brought. */
export type PeerName =
  | 'kubeseal'
  | 'sealed-secrets-controller'
  | 'gitops-engine-agent'
  | 'age'
  | 'age-keygen'
  | 'age-plugin-batchpass'
  | 'kustomize';

/** Where a peer lies, or why there is none. */
export type PeerLookup =
  | { readonly path: string; readonly missing?: never }
  | { readonly path?: never; readonly missing: string };

/** The release of sealed-secrets that kubeseal and its controller are built from. */
export const SEALED_SECRETS_VERSION = 'v0.36.6';
/** The release of the gitops-engine that its agent is built from. */
export const GITOPS_ENGINE_VERSION = 'v0.7.3';
/** The release of the age tool. */
export const AGE_VERSION = 'v1.3.2';
/** The release of kustomize. */
export const KUSTOMIZE_VERSION = 'v5.8.1';

const MODULES = path.join(import.meta.dirname, 'go');
const SEALED_SECRETS = {
  version: SEALED_SECRETS_VERSION,
  moduleFolder: path.join(MODULES, 'sealed-secrets'),
  linkerFlags: [`-X=main.VERSION=${SEALED_SECRETS_VERSION.slice(1)}`],
};
const AGE = { version: AGE_VERSION, moduleFolder: path.join(MODULES, 'age'), linkerFlags: [] };
const COMMANDS: Readonly<Record<PeerName, GoCommand>> = {
  kubeseal: {
    ...SEALED_SECRETS,
    name: 'kubeseal',
    package: 'github.com/bitnami-labs/sealed-secrets/cmd/kubeseal',
  },
  'sealed-secrets-controller': {
    ...SEALED_SECRETS,
    name: 'sealed-secrets-controller',
    package: 'github.com/bitnami-labs/sealed-secrets/cmd/controller',
  },
  'gitops-engine-agent': {
    name: 'gitops-engine-agent',
    version: GITOPS_ENGINE_VERSION,
    moduleFolder: path.join(MODULES, 'gitops-engine'),
    package: 'github.com/argoproj/gitops-engine/agent',
    linkerFlags: [],
  },
  age: { ...AGE, name: 'age', package: 'filippo.io/age/cmd/age' },
  'age-keygen': { ...AGE, name: 'age-keygen', package: 'filippo.io/age/cmd/age-keygen' },
  'age-plugin-batchpass': {
    ...AGE,
    name: 'age-plugin-batchpass',
    package: 'filippo.io/age/cmd/age-plugin-batchpass',
  },
  kustomize: {
    name: 'kustomize',
    version: KUSTOMIZE_VERSION,
    moduleFolder: path.join(MODULES, 'kustomize'),
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    linkerFlags: [],
  },
};

/** The program `name`, built if need be (up to a minute, once); never throws. `report` receives progress lines. */
export async function findPeer(
  name: PeerName,
  report: (line: string) => void = () => undefined,
  environment: MachineEnvironment = readEnvironment(),
): Promise<PeerLookup> {
  const command = COMMANDS[name];
  if (name === 'sealed-secrets-controller') {
    const obstacle = await findNamespaceObstacle(environment, 'the sealed-secrets controller');
    if (obstacle !== undefined) return { missing: obstacle };
  }
  const folder = `${command.version}-${environment.os}-${environment.arch}`;
  const cached = path.join(environment.cacheFolder, 'peers', folder, name);
  if (isExecutable(cached)) return { path: cached };
  const go = findGo(environment);
  if (go === undefined)
    return { missing: `${name} ${command.version} is built from source and there is no Go on PATH` };
  try {
    await buildWithGo(go, command, cached, { environment, report });
    return { path: cached };
  } catch (error) {
    return { missing: describeError(error) };
  }
}
