/** @module Writes kubeconfig files that need no other file beside them. */
import { writeFile } from 'node:fs/promises';

/** What a kubeconfig with one context says. */
export interface KubeconfigContent {
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
  /** Default: `default`. */
  readonly namespace?: string;
}

/** Writes `content` to `file`, mode 0600; JSON, which every reader of kubeconfigs takes as the YAML that it is. */
export async function writeKubeconfig(file: string, content: KubeconfigContent): Promise<void> {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'signet-test',
    clusters: [
      {
        name: 'signet-test',
        cluster: {
          server: content.server,
          'certificate-authority-data': Buffer.from(content.caPem).toString('base64'),
        },
      },
    ],
    users: [{ name: 'signet-test', user: { token: content.token } }],
    contexts: [
      {
        name: 'signet-test',
        context: { cluster: 'signet-test', user: 'signet-test', namespace: content.namespace ?? 'default' },
      },
    ],
  };
  await writeFile(file, `${JSON.stringify(kubeconfig, null, 2)}\n`, { mode: 0o600 });
}
