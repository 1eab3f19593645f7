/** @module Runs kube-apiserver on loopback over one etcd. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ApiAccess, askApi } from './api-request.ts';
import { awaitReady } from './await-ready.ts';
import type { Credentials } from './credentials.ts';
import { findFreePort } from './free-port.ts';
import type { ManagedProcess, Supervisor } from './supervisor.ts';

/** What the API server is started with. */
export interface ApiServerParts {
  readonly binary: string;
  readonly etcdUrl: string;
  readonly credentials: Credentials;
}

/** A documentation address (RFC 5737): endpoints may not be on loopback, and the egress proxy takes any address. */
const ADVERTISED_ADDRESS = '192.0.2.1';

/** A kube-apiserver, which can be taken away and brought back. */
export interface ApiServer {
  readonly access: ApiAccess;
  /** Kills it outright; its port refuses connections afterwards. */
  stop(): Promise<void>;
  /** Starts it again with the same address, certificate and etcd; resolves when /readyz is 200. */
  start(): Promise<void>;
}

/** Starts kube-apiserver and its egress proxy; resolves with the administrator's access when /readyz is 200. */
export async function startApiServer(supervisor: Supervisor, parts: ApiServerParts): Promise<ApiServer> {
  const place = { port: await findFreePort(), egressFile: await openEgress(supervisor) };
  let running = await runApiServer(supervisor, parts, { ...place, name: 'kube-apiserver' });
  let runs = 1;
  return {
    access: running.access,
    stop: () => running.process.kill(),
    start: async () => {
      runs += 1;
      running = await runApiServer(supervisor, parts, { ...place, name: `kube-apiserver-${runs}` });
    },
  };
}

async function runApiServer(
  supervisor: Supervisor,
  parts: ApiServerParts,
  { name, port, egressFile }: { readonly name: string; readonly port: number; readonly egressFile: string },
): Promise<{ readonly process: ManagedProcess; readonly access: ApiAccess }> {
  const certificateFolder = path.join(supervisor.directory, 'api-server');
  const process = await supervisor.run({
    name,
    command: parts.binary,
    args: [
      `--etcd-servers=${parts.etcdUrl}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--advertise-address=${ADVERTISED_ADDRESS}`,
      `--cert-dir=${certificateFolder}`,
      `--token-auth-file=${parts.credentials.tokenFile}`,
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${parts.credentials.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${parts.credentials.serviceAccountKeyFile}`,
      `--egress-selector-config-file=${egressFile}`,
    ],
  });
  const access = await awaitReady(process, async () => {
    // The server makes its certificate and the authority above it before it listens.
    const caPem = await readFile(path.join(certificateFolder, 'apiserver.crt'), 'utf8');
    const access = { server: `https://127.0.0.1:${port}`, caPem, adminToken: parts.credentials.adminToken };
    const { status } = await askApi(access, 'GET', '/readyz');
    return status === 200 ? access : undefined;
  });
  return { process, access };
}

async function openEgress(supervisor: Supervisor): Promise<string> {
  const socketPath = path.join(supervisor.directory, 'egress.sock');
  await supervisor.openEgress(socketPath);
  const configuration = {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socketPath } } },
      },
    ],
  };
  const file = path.join(supervisor.directory, 'egress.json');
  await writeFile(file, JSON.stringify(configuration));
  return file;
}
