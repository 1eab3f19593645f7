/**
 * @module The webhook port as an application without a port. It is for the world outside of the cluster, so it has a port of its own, and nothing else is
 * there. Unknown names, names without a webhook, missing tokens and wrong signatures have one answer.
 */
import { randomBytes } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { GitSyncWebhook, WebhookProvider } from '../../shared/resources/git-sync.ts';
import type { DeliveryResult, WebhookMetrics } from '../metrics/webhook-metrics.ts';
import type { PushHint } from '../webhooks/delivery.ts';
import { type DeliveryVerdict, judgeDelivery } from '../webhooks/judge-delivery.ts';
import { answerErrors, answerUnknown, guardRequests, sendText } from './answers.ts';
import { Intake } from './intake.ts';
import type { RateLimits } from './rate-limiter.ts';

/** Where a GitSync or a Secret is. */
export interface WebhookPlace {
  readonly namespace: string;
  readonly name: string;
}

/** What the routes work with. */
export interface WebhookAppDependencies {
  /** The webhook of a GitSync; null when there is none. */
  readonly find: (place: WebhookPlace) => GitSyncWebhook | null;
  /** The token in a Secret as it is now; null when there is none. Rejects when nothing can be said. */
  readonly readToken: (secret: WebhookPlace) => Promise<SecretBytes | null>;
  /** A Secret that does not exist, to be asked for where no webhook names one, so that this takes as long. */
  readonly noSecret: WebhookPlace;
  /** Has the GitSyncs looked at that follow what the hint names; the number of them. */
  readonly deliver: (place: WebhookPlace, hint: PushHint) => number;
  readonly limits: RateLimits;
  readonly metrics: WebhookMetrics;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  /** The token of the webhook at `place` cannot be read; null where there is no webhook, and no Secret can be read at all. */
  readonly onTokenProblem: (place: WebhookPlace | null, problem: unknown) => void;
  /** An unforeseen failure of a route; the caller learns nothing of it. */
  readonly onError: (error: unknown) => void;
}

const ROUTES = '/hooks/';
const MAX_NAME_LENGTH = 253;

/** POST `/hooks/<namespace>/<name>`; everything else is 404 or 405. */
export function createWebhookApp(dependencies: WebhookAppDependencies): Express {
  const app = express();
  guardRequests(app, { has: (path) => path.startsWith(ROUTES) });
  const intake = new Intake(dependencies.limits, dependencies.nowMs);
  app.post(`${ROUTES}:namespace/:name`, async (request: Request<{ namespace: string; name: string }>, response) => {
    const { namespace, name } = request.params;
    await intake.receive(request, response, (body) =>
      answerDelivery(dependencies, { request, response, body, place: { namespace, name } }),
    );
  });
  answerUnknown(app);
  answerErrors(app, dependencies.onError);
  return app;
}

interface Exchange {
  readonly request: Pick<Request, 'headers'>;
  readonly response: Response;
  readonly body: Uint8Array;
  readonly place: WebhookPlace;
}

async function answerDelivery(dependencies: WebhookAppDependencies, exchange: Exchange): Promise<void> {
  const { request, response, body, place } = exchange;
  const webhook = findWebhook(dependencies, place);
  const provider: WebhookProvider = webhook?.provider ?? 'GitHub';
  const count = (result: DeliveryResult): void =>
    dependencies.metrics.delivered(webhook === null ? null : provider, result);
  const token = await readToken(dependencies, place, webhook);
  if (token === 'unknown') {
    count('failed');
    return sendText(response.status(503).set('retry-after', '5'), 'not now');
  }
  const delivery = { header: (name: string) => headerOf(request, name), body };
  const verdict = judgeDelivery(delivery, provider, token ?? new SecretBytes(Uint8Array.from(randomBytes(32))));
  if (token === null || verdict.kind === 'refused') {
    count('refused');
    return sendText(response.status(403), 'forbidden');
  }
  count(sendAnswer(response, verdict, (hint) => dependencies.deliver(place, hint)));
}

/** No object has a longer name, and a name with a slash would be that of another place. */
function findWebhook({ find }: WebhookAppDependencies, place: WebhookPlace): GitSyncWebhook | null {
  const isName = (name: string): boolean => name.length <= MAX_NAME_LENGTH && !name.includes('/');
  return isName(place.namespace) && isName(place.name) ? find(place) : null;
}

async function readToken(
  { readToken: read, noSecret, onTokenProblem }: WebhookAppDependencies,
  place: WebhookPlace,
  webhook: GitSyncWebhook | null,
): Promise<SecretBytes | null | 'unknown'> {
  const { namespace } = place;
  try {
    const token = await read(webhook === null ? noSecret : { namespace, name: webhook.secretRef.name });
    if (webhook === null) return null;
    if (token === null) onTokenProblem(place, new Error('the Secret does not exist, or its key token is empty'));
    return token;
  } catch (error) {
    onTokenProblem(webhook === null ? null : place, error);
    return 'unknown';
  }
}

function headerOf({ headers }: Pick<Request, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** Whether something follows what was pushed is not told: a look at it is all that a delivery may cause. */
function sendAnswer(
  response: Response,
  verdict: Exclude<DeliveryVerdict, { readonly kind: 'refused' }>,
  deliver: (hint: PushHint) => number,
): DeliveryResult {
  switch (verdict.kind) {
    case 'unreadable':
      sendText(response.status(verdict.status), verdict.reason);
      return 'unreadable';
    case 'ping':
      sendText(response.status(202), 'pong');
      return 'ping';
    case 'other':
      sendText(response.status(202), 'accepted');
      return 'ignored';
    case 'push': {
      const looks = deliver(verdict.hint);
      sendText(response.status(202), 'accepted');
      return looks > 0 ? 'accepted' : 'unmatched';
    }
  }
}
