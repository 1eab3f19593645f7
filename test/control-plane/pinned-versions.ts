/**
 * @module The one pinned version of Kubernetes and etcd, and where each binary of it comes from. Moving to another
 * version means to edit this file and the two go.mod files below go/, and to tidy those.
 */
import path from 'node:path';
import type { GoCommand } from './go-build.ts';

/** The Kubernetes release that the tests run. */
export const KUBERNETES_VERSION = 'v1.35.4';
/** The etcd release that the tests run; it is the one that this Kubernetes release ships with. */
export const ETCD_VERSION = 'v3.6.7';

/** The programs that make up the control plane. */
export type ControlPlaneBinary = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl';
/** All of them, in the order in which they are brought: the quickest to build first. */
export const CONTROL_PLANE_BINARIES: readonly ControlPlaneBinary[] = [
  'etcd',
  'kubectl',
  'kube-apiserver',
  'kube-controller-manager',
];

/** Where the projects publish their releases; a test puts a local server in their place. */
export interface ReleaseSites {
  readonly kubernetes: string;
  readonly etcd: string;
}

/** The official places. */
export const OFFICIAL_SITES: ReleaseSites = {
  kubernetes: 'https://dl.k8s.io/release',
  etcd: 'https://github.com/etcd-io/etcd/releases/download',
};

/** A published file, the checksum published beside it, and how to get the binary out of it. */
export interface ReleaseFile {
  readonly url: string;
  readonly checksumUrl: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** The program's path inside a gzipped tar archive; undefined when the file is the program. */
  readonly archiveMember: string | undefined;
}

/** The version that `binary` is pinned to. */
export function pinnedVersion(binary: ControlPlaneBinary): string {
  return binary === 'etcd' ? ETCD_VERSION : KUBERNETES_VERSION;
}

/** The release file of `binary` for a machine that Go calls `os`/`arch`. */
export function releaseFile(binary: ControlPlaneBinary, os: string, arch: string, sites: ReleaseSites): ReleaseFile {
  if (binary === 'etcd') {
    const folder = `etcd-${ETCD_VERSION}-${os}-${arch}`;
    const release = `${sites.etcd}/${ETCD_VERSION}`;
    return {
      url: `${release}/${folder}.tar.gz`,
      checksumUrl: `${release}/SHA256SUMS`,
      algorithm: 'sha256',
      archiveMember: `${folder}/etcd`,
    };
  }
  const url = `${sites.kubernetes}/${KUBERNETES_VERSION}/bin/${os}/${arch}/${binary}`;
  return { url, checksumUrl: `${url}.sha512`, algorithm: 'sha512', archiveMember: undefined };
}

/** How Go builds `binary` from the modules pinned below go/. */
export function goCommand(binary: ControlPlaneBinary): GoCommand {
  const modules = path.join(import.meta.dirname, 'go');
  if (binary === 'etcd') {
    return {
      name: binary,
      version: ETCD_VERSION,
      moduleFolder: path.join(modules, 'etcd'),
      package: 'go.etcd.io/etcd/server/v3',
      linkerFlags: [],
    };
  }
  return {
    name: binary,
    version: KUBERNETES_VERSION,
    moduleFolder: path.join(modules, 'kubernetes'),
    package: `k8s.io/kubernetes/cmd/${binary}`,
    linkerFlags: kubernetesVersionFlags(),
  };
}

/** Without these the server reports v0.0.0 and refuses to choose a compatibility version. */
function kubernetesVersionFlags(): string[] {
  const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.');
  const values = { gitMajor: major, gitMinor: minor, gitVersion: KUBERNETES_VERSION, gitTreeState: 'clean' };
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((folder) =>
    Object.entries(values).map(([name, value]) => `-X=${folder}.${name}=${value}`),
  );
}
