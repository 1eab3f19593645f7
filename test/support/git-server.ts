/** @module A Git remote over HTTP on loopback: git's own http-backend behind a small server, for tests and the demo. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { listenLocally } from './listen-locally.ts';

/** A bare repository: pushed to by path, fetched by address. */
export interface ServedRepository {
  readonly folder: string;
  readonly url: string;
}

/** A running remote. */
export interface GitServer {
  readonly port: number;
  createRepository(name: string): Promise<ServedRepository>;
  stop(): Promise<void>;
}

/** What may be asked of it. */
export interface GitServerOptions {
  /** Decides on the Authorization header; default: everybody may read. */
  readonly isAllowed?: (authorization: string | undefined) => boolean;
}

/** Serves the bare repositories below `folder`, on a port that the system chooses. */
export async function startGitServer(folder: string, options: GitServerOptions = {}): Promise<GitServer> {
  await mkdir(folder, { recursive: true });
  const isAllowed = options.isAllowed ?? (() => true);
  const server = createServer((request, response) => {
    if (isAllowed(request.headers.authorization)) serveGit(folder, request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  });
  const port = await listenLocally(server);
  return {
    port,
    createRepository: async (name) => {
      const repository = path.join(folder, `${name}.git`);
      await promisify(execFile)('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
      for (const setting of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant']) {
        await promisify(execFile)('git', ['-C', repository, 'config', setting, 'true']);
      }
      return { folder: repository, url: `http://127.0.0.1:${port}/${name}.git` };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One request through the CGI that git ships. */
function serveGit(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  forwardCgiAnswer(backend.stdout, response);
  response.on('close', () => backend.kill());
}

function forwardCgiAnswer(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  let isBody = false;
  output.on('data', (chunk: Buffer) => {
    if (isBody) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    isBody = true;
    writeHead(head.subarray(0, end).toString('latin1'), response);
    response.write(head.subarray(end + 4));
  });
  output.on('end', () => {
    if (!isBody) response.writeHead(502);
    response.end();
  });
}

function writeHead(text: string, response: ServerResponse): void {
  const headers = text.split('\r\n').map((line) => line.split(/:\s*(.*)/s) as [string, string]);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
  response.statusCode = status ? Number.parseInt(status, 10) : 200;
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
}
