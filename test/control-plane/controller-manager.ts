/** @module Runs kube-controller-manager with the few controllers that a cluster without nodes needs. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ApiAccess, askApi } from './api-request.ts';
import { awaitReady } from './await-ready.ts';
import type { Supervisor } from './supervisor.ts';

/** What the controller manager is started with. */
export interface ControllerManagerParts {
  readonly binary: string;
  readonly access: ApiAccess;
  readonly kubeconfigPath: string;
  readonly serviceAccountKeyFile: string;
}

const CONTROLLERS = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  // Without it the roles view, edit and admin grant nothing.
  'clusterrole-aggregation-controller',
];

/** Starts it; resolves when it works, which the service account of namespace `default` shows. */
export async function startControllerManager(supervisor: Supervisor, parts: ControllerManagerParts): Promise<void> {
  const rootCaFile = path.join(supervisor.directory, 'root-ca.crt');
  await writeFile(rootCaFile, parts.access.caPem);
  const process = await supervisor.run({
    name: 'kube-controller-manager',
    command: parts.binary,
    args: [
      `--kubeconfig=${parts.kubeconfigPath}`,
      `--controllers=${CONTROLLERS.join(',')}`,
      `--service-account-private-key-file=${parts.serviceAccountKeyFile}`,
      `--root-ca-file=${rootCaFile}`,
      '--secure-port=0',
      '--leader-elect=false',
      // The default of 20 requests per second makes the removal of many namespaces at the end of tests crawl.
      '--kube-api-qps=300',
      '--kube-api-burst=600',
    ],
  });
  await awaitReady(process, async () => {
    const { status } = await askApi(parts.access, 'GET', '/api/v1/namespaces/default/serviceaccounts/default');
    return status === 200 ? true : undefined;
  });
}
