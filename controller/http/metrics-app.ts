/** @module The route of the metrics port. */
import express, { type Express } from 'express';
import type { MetricsText } from '../metrics/registry.ts';
import { answerErrors, answerUnknown, guardRequests } from './answers.ts';

/** GET `/metrics` in the text form of Prometheus; everything else is 404. */
export function createMetricsApp(metrics: MetricsText, onError: (error: unknown) => void): Express {
  const app = express();
  guardRequests(app);
  app.get('/metrics', async (_request, response) => {
    const text = await metrics.text();
    response.type(metrics.contentType).send(text);
  });
  answerUnknown(app);
  answerErrors(app, onError);
  return app;
}
