/**
 * @module `/v1/verify` and `/v1/rotate`: whether a SealedSecret opens, and the same SealedSecret encrypted to the newest key. Anybody in
 * the cluster can call them, so all that an answer tells is whether the object opens where it says that it stands.
 */
import type { Express, Request, Response } from 'express';
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { stringifyJson } from '../../shared/encoding/json.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Keyring, OpeningKey } from '../../shared/sealing/keyring.ts';
import { canOpen } from '../../shared/sealing/open-sealed.ts';
import { resealItems, withResealed } from '../../shared/sealing/reseal-secret.ts';
import { isWholeSecret } from '../../shared/sealing/whole-secret.ts';
import { sendText } from './answers.ts';
import { Intake, MAX_BODY_BYTES, turnAway } from './intake.ts';
import type { RateLimits } from './rate-limiter.ts';
import { readSealedObject } from './sealed-object.ts';

/** The keys that requests are answered with. */
export interface RouteKeys {
  readonly keyring: Keyring<OpeningKey>;
  /** What is sealed to; null when the keys only open. */
  readonly certificate: SealingCertificate | null;
}

/** What the routes are made of. */
export interface SealingRoutesDependencies {
  /** Null while there are none. */
  readonly keys: () => RouteKeys | null;
  readonly limits: RateLimits;
  /** Whether the deprecated `spec.data` is opened. */
  readonly acceptV1: boolean;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
}

/** Paths of the routes. */
export const SEALING_PATHS: ReadonlySet<string> = new Set(['/v1/verify', '/v1/rotate']);

/** Aliases of YAML can make the answer larger than the question. */
const MAX_ANSWER_LENGTH = 4 * MAX_BODY_BYTES;
/** How often a key may miss in one request, beyond two tries of every key: junk shall not keep the processor busy. */
const MAX_MISSES = 64;
const NO_KEY = 'there is no sealing key yet';

type Answer = (sealed: SealedSecret, keys: RouteKeys, response: Response) => Promise<void>;

/** Adds the routes to `app`. */
export function addSealingRoutes(app: Express, dependencies: SealingRoutesDependencies): void {
  const intake = new Intake(dependencies.limits, dependencies.nowMs);
  const serve = (answer: Answer) => async (request: Request, response: Response) => {
    if (dependencies.keys() === null) return turnAway(request, response, { status: 503, line: NO_KEY });
    await intake.receive(request, response, (body) => answerBody(body, response, { dependencies, answer }));
  };
  app.post('/v1/verify', serve(verify));
  app.post('/v1/rotate', serve(rotate));
}

async function answerBody(
  body: Uint8Array,
  response: Response,
  { dependencies, answer }: { readonly dependencies: SealingRoutesDependencies; readonly answer: Answer },
): Promise<void> {
  const object = readSealedObject(body);
  // Asked again: keys may have gone while the request waited.
  const keys = dependencies.keys();
  if (object.kind === 'refused') return sendText(response.status(400), object.reason);
  if (keys === null) return sendText(response.status(503), NO_KEY);
  if (!dependencies.acceptV1 && isWholeSecret(object.sealed)) return refuse(response);
  await answer(object.sealed, keys, response);
}

async function verify(sealed: SealedSecret, { keyring }: RouteKeys, response: Response): Promise<void> {
  const isOpen = await canOpen(sealed, keyring, { maxMisses: missesFor(keyring) });
  response.status(isOpen ? 200 : 409).end();
}

async function rotate(sealed: SealedSecret, { keyring, certificate }: RouteKeys, response: Response): Promise<void> {
  if (certificate === null) return sendText(response.status(503), NO_KEY);
  const options = { maxMisses: missesFor(keyring), diagnose: false };
  const result = await resealItems(sealed, keyring, certificate, options);
  if (result.kind === 'failed') return refuse(response);
  const text = stringifyJson(withResealed(sealed, result));
  if (text.length > MAX_ANSWER_LENGTH) sendText(response.status(400), 'the object is too large with its aliases');
  else response.type('application/json').send(Buffer.from(`${text}\n`));
}

/** The same for every cause: who asks may not be the one to whom the values belong. */
function refuse(response: Response): void {
  response.status(409).end();
}

/** A ring that grew over years may miss many times before it hits. */
function missesFor(keyring: Keyring<OpeningKey>): number {
  return MAX_MISSES + 2 * keyring.keys.length;
}
