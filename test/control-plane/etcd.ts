/** @module Runs etcd for one API server, and reads everything that it holds. */
import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { awaitReady } from './await-ready.ts';
import { ControlPlaneError } from './errors.ts';
import { findFreePort } from './free-port.ts';
import type { Supervisor } from './supervisor.ts';

const PAGE_SIZE = 500;
const FIRST_KEY = Buffer.from([0]);

/** Starts etcd in the supervised folder, without fsync; resolves with its client URL when it answers. */
export async function startEtcd(supervisor: Supervisor, binary: string): Promise<string> {
  const clientUrl = `http://127.0.0.1:${await findFreePort()}`;
  // Nobody dials the peer URL of a lone member, so any port does.
  const peerUrl = 'http://127.0.0.1:0';
  const dataFolder = path.join(supervisor.directory, 'etcd-data');
  await mkdir(dataFolder, { mode: 0o700 });
  const process = await supervisor.run({
    name: 'etcd',
    command: binary,
    args: [
      `--data-dir=${dataFolder}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ],
  });
  await awaitReady(process, async () => (await post(`${clientUrl}/v3/maintenance/status`, {})).leader);
  return clientUrl;
}

/** Every key and value of one revision of the etcd at `clientUrl`. */
export async function dumpEtcd(clientUrl: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  let from = FIRST_KEY;
  let revision: string | undefined;
  for (;;) {
    const page = await post(`${clientUrl}/v3/kv/range`, {
      key: from.toString('base64'),
      range_end: FIRST_KEY.toString('base64'),
      limit: PAGE_SIZE,
      ...(revision === undefined ? {} : { revision }),
    });
    revision ??= page.header?.revision;
    for (const pair of page.kvs ?? []) {
      const key = Buffer.from(pair.key, 'base64');
      found.set(key.toString('utf8'), Buffer.from(pair.value ?? '', 'base64'));
      from = Buffer.concat([key, FIRST_KEY]);
    }
    if (page.more !== true) return found;
  }
}

interface EtcdAnswer {
  readonly leader?: string;
  readonly header?: { readonly revision?: string };
  readonly kvs?: readonly { readonly key: string; readonly value?: string }[];
  readonly more?: boolean;
}

/** etcd's JSON gateway; 64-bit numbers are strings in it. */
async function post(url: string, body: object): Promise<EtcdAnswer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent: false, timeout: 10_000 }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (incoming.statusCode === 200) return resolve(JSON.parse(text));
        reject(new ControlPlaneError('CONTROL_PLANE_REQUEST_REFUSED', `cannot ask etcd: ${text.slice(0, 500)}`));
      });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.once('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
