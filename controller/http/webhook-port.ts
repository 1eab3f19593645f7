/** @module The webhook port of a controller that syncs: the application, the tokens in the cluster, and the inbox of the sync engine. */
import type { Express } from 'express';
import type { KubeReader } from '../../shared/kube/client.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';
import type { WebhookMetrics } from '../metrics/webhook-metrics.ts';
import type { WebhookInbox } from '../sync/webhook-inbox.ts';
import { readWebhookToken } from '../sync/webhook-token.ts';
import { createWebhookApp, type WebhookPlace } from './webhook-app.ts';

/** What the port is made of. */
export interface WebhookPortOptions {
  readonly client: Pick<KubeReader, 'get'>;
  readonly inbox: Pick<WebhookInbox, 'find' | 'deliver'>;
  /** Where the controller keeps its keys. */
  readonly namespace: string;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** Hosts send many deliveries from one address, behind a gateway all of them; each costs a look at a Secret. */
const LIMITS = { rate: 50, burst: 200 };
/** Asked for where no webhook names a Secret. What it would hold is never looked at. */
const NO_SECRET = 'signet-webhook-of-nobody';
const MAX_PROBLEM_LOGS = 256;

/** The application of the webhook port. */
export function createWebhookPort(options: WebhookPortOptions): Express {
  const { client, inbox, namespace, metrics, nowMs, onError } = options;
  const problems = new Map<string, ProblemLog>();
  const problemsOf = (place: WebhookPlace | null): ProblemLog => {
    const name = place === null ? '' : `${place.namespace}/${place.name}`;
    const known = problems.get(name);
    if (known !== undefined) return known;
    if (problems.size >= MAX_PROBLEM_LOGS) problems.clear();
    const log = new ProblemLog(options.logger.child({ gitSync: name }), 'cannot use a webhook', options.now);
    problems.set(name, log);
    return log;
  };
  return createWebhookApp({
    find: (place) => inbox.find(place),
    readToken: (secret) => readWebhookToken(client, secret),
    noSecret: { namespace, name: NO_SECRET },
    deliver: (place, hint) => inbox.deliver(place, hint),
    limits: LIMITS,
    metrics,
    nowMs,
    onTokenProblem: (place, problem) => problemsOf(place).report(problem),
    onError,
  });
}
