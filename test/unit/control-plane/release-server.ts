/** @module A local stand-in for the sites that publish releases, and a throwaway machine to download to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { MachineEnvironment } from '../../control-plane/environment.ts';
import { listenLocally } from '../../support/listen-locally.ts';

/** Serves `answer` on loopback until the test ends; resolves with its URL, without a slash at the end. */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  const port = await listenLocally(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

/** Answers with what `files` holds under the path of the request, or 404. */
export function filesOf(files: ReadonlyMap<string, string | Buffer>): RequestListener {
  return (request, response) => {
    const content = files.get(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200).end(content);
  };
}

/** A new empty folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-unit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A Linux machine with an empty cache, and with nothing but tar on its PATH, so that it has no Go and no kubectl. */
export async function bareMachine(): Promise<MachineEnvironment> {
  const folder = await temporaryFolder();
  return {
    assetsFolder: undefined,
    cacheFolder: path.join(folder, 'cache'),
    temporaryFolder: folder,
    os: 'linux',
    arch: 'amd64',
    variables: { PATH: path.join(folder, 'bin') },
  };
}
