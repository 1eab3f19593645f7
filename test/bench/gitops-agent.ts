/** @module Measures gitops-engine's agent, the nearest peer of the sync engine, on the same tree and server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { findFreePort } from '../control-plane/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import { readMemory } from './process-memory.ts';
import { countRequests } from './request-count.ts';
import { BENCH_ENVIRONMENT } from './whole-process.ts';

/** Where it runs, and how many objects the tree holds beside the namespace. */
export interface AgentOptions {
  readonly binary: string;
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  readonly folder: string;
  readonly count: number;
}

/** Its figures, in the units of ours. */
export interface AgentFigures {
  readonly first: { readonly ms: number; readonly requests: number };
  readonly noOp: { readonly ms: number; readonly requests: number };
  readonly memoryBytes: number;
}

/** First sync from its start until every object exists; a sync with nothing to do by its own trigger and log. */
export async function measureAgent(options: AgentOptions): Promise<AgentFigures> {
  const { client } = options;
  const port = await findFreePort();
  const before = await countRequests(client);
  const own = client.requestCount();
  const startedAt = performance.now();
  const agent = startAgent(options, port);
  try {
    await eventually(() => assertAllExist(options), { timeoutMs: 180_000, everyMs: 250 });
    const ms = performance.now() - startedAt;
    const requests = (await countRequests(client)) - before - (client.requestCount() - own);
    await awaitQuiet(agent);
    const noOp = await measureNoOp(options, agent, port);
    const memory = await readMemory(agent.child.pid ?? 0);
    return { first: { ms, requests }, noOp, memoryBytes: memory.now };
  } finally {
    agent.child.kill('SIGKILL');
    await once(agent.child, 'exit');
  }
}

interface RunningAgent {
  readonly child: ChildProcess;
  /** Number of tables of results it has printed, one for each sync. */
  syncs(): number;
}

function startAgent({ binary, cluster, folder }: AgentOptions, port: number): RunningAgent {
  const words = [
    folder,
    '--kubeconfig',
    cluster.controlPlane.kubeconfigPath,
    '--default-namespace',
    'default',
    '--port',
    `${port}`,
  ];
  const child = spawn(binary, words, { env: BENCH_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (text: string) => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return { child, syncs: () => output.split('RESOURCE').length - 1 };
}

async function assertAllExist({ client, count }: AgentOptions): Promise<void> {
  let found = 0;
  for (const type of [CONFIG_MAPS, SECRETS, DEPLOYMENTS]) {
    const { items } = await client.list(type, { namespace: 'bench', metadataOnly: true });
    found += items.filter((item) => item.metadata.name?.startsWith('bench-')).length;
  }
  if (found < count) throw new Error(`${found} of ${count} objects exist`);
}

/** Until it has printed the table of the sync that it began with. */
function awaitQuiet(agent: RunningAgent): Promise<void> {
  return eventually(
    () => {
      if (agent.syncs() === 0) throw new Error('the first sync has not ended');
    },
    { timeoutMs: 60_000 },
  );
}

async function measureNoOp(
  { client }: AgentOptions,
  agent: RunningAgent,
  port: number,
): Promise<{ ms: number; requests: number }> {
  await delay(1_000);
  const before = await countRequests(client);
  const own = client.requestCount();
  const syncs = agent.syncs();
  const startedAt = performance.now();
  await (await fetch(`http://127.0.0.1:${port}/api/v1/sync`, { method: 'POST' })).text();
  await eventually(
    () => {
      if (agent.syncs() === syncs) throw new Error('the sync has not ended');
    },
    { timeoutMs: 60_000, everyMs: 10 },
  );
  const ms = performance.now() - startedAt;
  return { ms, requests: (await countRequests(client)) - before - (client.requestCount() - own) };
}
