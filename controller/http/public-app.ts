/** @module The public port as an application without a port: the certificate, the probes, and what is done with a SealedSecret. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import { answerErrors, answerUnknown, guardRequests, sendText } from './answers.ts';
import { addSealingRoutes, SEALING_PATHS, type SealingRoutesDependencies } from './sealing-routes.ts';

/** What the routes tell. */
export interface PublicAppDependencies {
  /** The certificate chain to seal to, PEM; null while there is none. */
  readonly certificatePem: () => string | null;
  /** What the parts of the controller wait for, a line for each; empty when all of them act on the cluster's state. */
  readonly waitingFor: () => readonly string[];
  readonly sealing: SealingRoutesDependencies;
  readonly metrics: HttpMetrics;
  /** An unforeseen failure of a route; the caller learns nothing of it. */
  readonly onError: (error: unknown) => void;
}

/** GET `/v1/cert.pem`, `/healthz` and `/readyz`, POST `/v1/verify` and `/v1/rotate`; everything else is 404. */
export function createPublicApp(dependencies: PublicAppDependencies): Express {
  const app = express();
  countRequests(app, dependencies);
  guardRequests(app, SEALING_PATHS);
  app.get('/v1/cert.pem', (_request, response) => {
    const pem = dependencies.certificatePem();
    if (pem === null) sendText(response.status(503), 'there is no sealing key yet');
    else response.type('application/x-pem-file').send(Buffer.from(pem));
  });
  app.get('/healthz', (_request, response) => sendText(response, 'ok'));
  app.get('/readyz', (_request, response) => {
    const waitingFor = dependencies.waitingFor();
    if (waitingFor.length === 0) sendText(response, 'ok');
    else sendText(response.status(503), ['not ready', ...waitingFor].join('\n'));
  });
  addSealingRoutes(app, dependencies.sealing);
  answerUnknown(app);
  answerErrors(app, dependencies.onError);
  return app;
}

/** Counts every request when it has been answered, or its caller has gone. */
function countRequests(app: Express, { metrics, sealing }: PublicAppDependencies): void {
  app.use((request: Request, response: Response, next: NextFunction) => {
    const startMs = sealing.nowMs();
    const { method, path } = request;
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : 0;
      metrics.answered({ path, method, status, seconds: (sealing.nowMs() - startMs) / 1_000 });
    });
    next();
  });
}
