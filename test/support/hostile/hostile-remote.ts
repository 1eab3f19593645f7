/** @module A Git host that speaks protocol version 2 over HTTP and says whatever it is told to say. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenLocally } from '../listen-locally.ts';

/** How the host answers. What is absent is answered as an honest one would. */
export interface HostileAnswers {
  /** Answers everything in place of the rest. */
  readonly all?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Answers the question for references. */
  readonly references?: (response: ServerResponse) => void;
  /** Answers the question for objects. */
  readonly objects?: (response: ServerResponse) => void;
}

/** Hosts by the first segment of the path. */
export interface HostileRemote {
  readonly url: string;
  /** Requests so far. */
  requestCount(): number;
  stop(): Promise<void>;
}

/** One pkt-line. */
export function packet(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** Ends a list of pkt-lines. */
export const FLUSH = Buffer.from('0000');

/** Bytes in packets of the pack's side band. */
export function sideBand(bytes: Uint8Array, band = 1): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += 65_000)
    parts.push(packet(Buffer.concat([Buffer.from([band]), bytes.subarray(start, start + 65_000)])));
  return Buffer.concat(parts);
}

/** What comes before the data of a pack, for a commit without ancestors. */
export function packHead(commit: string): Buffer {
  return Buffer.concat([
    packet('shallow-info\n'),
    packet(`shallow ${commit}\n`),
    Buffer.from('0001'),
    packet('packfile\n'),
  ]);
}

/** Writes `chunk` for as long as somebody takes it. */
export function writeForever(response: ServerResponse, chunk: Uint8Array): void {
  let isOpen = true;
  response.on('close', () => {
    isOpen = false;
  });
  const more = (): void => {
    while (isOpen) if (!response.write(chunk)) break;
    if (isOpen) response.once('drain', more);
  };
  more();
}

/** Starts the hosts on a port that the system chooses. */
export async function startHostileRemote(hosts: Readonly<Record<string, HostileAnswers>>): Promise<HostileRemote> {
  let requests = 0;
  const server = createServer((request, response) => {
    const host = /^\/([^/.]+)/.exec(request.url ?? '')?.[1] ?? '';
    requests += 1;
    response.on('error', () => undefined);
    answer(hosts[host] ?? {}, request, response).catch(() => response.destroy());
  });
  const port = await listenLocally(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requestCount: () => requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(answers: HostileAnswers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (answers.all !== undefined) return answers.all(request, response);
  if (request.method === 'GET') return advertise(response);
  const body = Buffer.concat(await request.toArray()).toString('latin1');
  response.setHeader('content-type', 'application/x-git-upload-pack-result');
  const say = body.includes('command=ls-refs') ? answers.references : answers.objects;
  if (say === undefined) response.writeHead(404).end();
  else say(response);
}

function advertise(response: ServerResponse): void {
  response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
  const words = [
    'version 2',
    'agent=git/hostile',
    'ls-refs=unborn',
    'fetch=shallow wait-for-done filter',
    'object-format=sha1',
    'bundle-uri',
  ];
  response.end(
    Buffer.concat([packet('# service=git-upload-pack\n'), FLUSH, ...words.map((word) => packet(`${word}\n`)), FLUSH]),
  );
}
