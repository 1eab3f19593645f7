/** @module What all applications answer alike: refused methods, unknown paths, failures, and the headers of every answer. */
import type { Express, NextFunction, Request, Response } from 'express';

/** Sends one line of text. */
export function sendText(response: Response, line: string): void {
  response.type('text/plain').send(`${line}\n`);
}

/**
 * Settings and headers of every answer. Only GET and HEAD pass, and only POST at the paths `posts`, whose routes take care of the body;
 * all other bodies are not read, and end the connection.
 */
export function guardRequests(app: Express, posts: Pick<ReadonlySet<string>, 'has'> = new Set()): void {
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('trust proxy', false);
  app.use((request: Request, response: Response, next: NextFunction) => {
    response.set({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    const methods = posts.has(request.path) ? ['POST'] : ['GET', 'HEAD'];
    const isAllowed = methods.includes(request.method);
    if (hasBody(request) && !(isAllowed && request.method === 'POST')) response.set('connection', 'close');
    if (isAllowed) next();
    else sendText(response.status(405).set('allow', methods.join(', ')), 'method not allowed');
  });
}

/** The last route: nothing is there. */
export function answerUnknown(app: Express): void {
  app.use((_request: Request, response: Response) => sendText(response.status(404), 'not found'));
}

/** Failures tell the caller nothing but that there was one. */
export function answerErrors(app: Express, onError: (error: unknown) => void): void {
  // Express tells error handlers from others by their four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (isBadPath(error)) {
      sendText(response.status(400), 'bad request');
      return;
    }
    onError(error);
    if (response.headersSent) response.destroy();
    else sendText(response.status(500), 'internal error');
  });
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

/** Express throws this for paths that cannot be decoded: the caller's fault, and nothing to log. */
function isBadPath(error: unknown): boolean {
  return error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400);
}
