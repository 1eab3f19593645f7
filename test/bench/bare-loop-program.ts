/**
 * @module What no engine can beat, as a program of its own: reads a repository with git, parses its YAML and applies every object, sixteen at a time, with
 * nothing else around it. Words: kubeconfig, address of the repository, empty folder. It says `ready` once it is loaded, begins at the first line on its
 * standard input, and prints its times in milliseconds as JSON.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import yaml from 'js-yaml';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const IN_FLIGHT = 16;
const PATHS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ConfigMap: '/api/v1/namespaces/NAMESPACE/configmaps',
  Secret: '/api/v1/namespaces/NAMESPACE/secrets',
  Deployment: '/apis/apps/v1/namespaces/NAMESPACE/deployments',
};

const [kubeconfig = '', url = '', folder = ''] = process.argv.slice(2);
const connection = await loadKubeconfig({ path: kubeconfig, env: {} });
const { headers } = await connection.credentials();
const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT, ca: connection.caPem });
process.stdout.write('ready\n');
await once(process.stdin, 'data');

const startedAt = performance.now();
const texts = readRepository();
const readAt = performance.now();
const [first, ...rest] = texts.flatMap((text) => yaml.loadAll(text) as Manifest[]);
const parsedAt = performance.now();
if (first !== undefined) await apply(first);
const queue = rest.values();
await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    for (const manifest of queue) await apply(manifest);
  }),
);
const endedAt = performance.now();
agent.destroy();
const times = { gitMs: readAt - startedAt, yamlMs: parsedAt - readAt, applyMs: endedAt - parsedAt };
process.stdout.write(`${JSON.stringify(times)}\n`);
process.exit(0);

function readRepository(): readonly string[] {
  execFileSync('git', ['clone', '--quiet', '--bare', '--depth=1', url, folder]);
  const git = (args: readonly string[], input = '') => execFileSync('git', ['-C', folder, ...args], { input });
  const oids = git(['ls-tree', '-r', '--format=%(objectname)', 'HEAD']).toString('utf8');
  const batch = git(['cat-file', '--batch'], oids);
  const found: string[] = [];
  for (let at = 0; at < batch.length; ) {
    const lineEnd = batch.indexOf(10, at);
    const size = Number(batch.subarray(at, lineEnd).toString('latin1').split(' ')[2]);
    found.push(batch.subarray(lineEnd + 1, lineEnd + 1 + size).toString('utf8'));
    at = lineEnd + 1 + size + 1;
  }
  return found;
}

function apply(manifest: Manifest): Promise<void> {
  const { name, namespace = '' } = manifest.metadata;
  const collection = PATHS[manifest.kind]?.replace('NAMESPACE', namespace);
  const path = `${collection}/${name}?fieldManager=bench&force=true&fieldValidation=Strict`;
  return new Promise((resolve, reject) => {
    const sent = request(`${connection.server}${path}`, {
      method: 'PATCH',
      agent,
      headers: { ...headers, 'content-type': 'application/apply-patch+yaml', accept: 'application/json' },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if ((response.statusCode ?? 0) >= 300) reject(new Error(`${manifest.kind} ${name}: ${text}`));
        else resolve(void JSON.parse(text));
      });
    });
    sent.end(JSON.stringify(manifest));
  });
}
