/** @module The routes of the public port, as an application without a port: the certificate and the probes. */
import express, { type Express } from 'express';
import { answerErrors, answerUnknown, guardRequests, sendText } from './answers.ts';

/** What the routes tell. */
export interface PublicAppDependencies {
  /** The certificate chain to seal to, PEM; null while there is none. */
  readonly certificatePem: () => string | null;
  /** True when every part of the controller acts on the cluster's state. */
  readonly isReady: () => boolean;
  /** An unforeseen failure of a route; the caller learns nothing of it. */
  readonly onError: (error: unknown) => void;
}

/** GET `/v1/cert.pem`, `/healthz` and `/readyz`; everything else is 404. No request body is read. */
export function createPublicApp(dependencies: PublicAppDependencies): Express {
  const app = express();
  guardRequests(app);
  app.get('/v1/cert.pem', (_request, response) => {
    const pem = dependencies.certificatePem();
    if (pem === null) sendText(response.status(503), 'there is no sealing key yet');
    else response.type('application/x-pem-file').send(Buffer.from(pem));
  });
  app.get('/healthz', (_request, response) => sendText(response, 'ok'));
  app.get('/readyz', (_request, response) => {
    if (dependencies.isReady()) sendText(response, 'ok');
    else sendText(response.status(503), 'not ready');
  });
  answerUnknown(app);
  answerErrors(app, dependencies.onError);
  return app;
}
