/** @module What a delivery asks for, once it is proven who sent it. Nothing is parsed before that. */
import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { WebhookProvider } from '../../shared/resources/git-sync.ts';
import { BITBUCKET } from './bitbucket.ts';
import type { Delivery, ProviderRules, PushHint } from './delivery.ts';
import { GENERIC } from './generic.ts';
import { GITEA } from './gitea.ts';
import { GITHUB } from './github.ts';
import { GITLAB } from './gitlab.ts';

/** What came of looking at a delivery. The reasons are for the sender, who is known by then. */
export type DeliveryVerdict =
  | { readonly kind: 'refused' }
  | { readonly kind: 'push'; readonly hint: PushHint }
  | { readonly kind: 'ping' | 'other' }
  | { readonly kind: 'unreadable'; readonly status: 400 | 415; readonly reason: string };

const RULES: ReadonlyMap<WebhookProvider, ProviderRules> = new Map([
  ['GitHub', GITHUB],
  ['GitLab', GITLAB],
  ['Gitea', GITEA],
  ['Bitbucket', BITBUCKET],
  ['Generic', GENERIC],
]);
const FORM = 'application/x-www-form-urlencoded';

/** Judges `delivery`, which has to be in the form of `provider` and authentic under `token`. Never throws. */
export function judgeDelivery(delivery: Delivery, provider: WebhookProvider, token: SecretBytes): DeliveryVerdict {
  const rules = RULES.get(provider);
  if (rules === undefined || !rules.isAuthentic(delivery, token)) return { kind: 'refused' };
  const event = rules.eventOf(delivery);
  if (event !== 'push') return { kind: event };
  if (rules.readPush === null) return { kind: 'push', hint: { addresses: [], references: [] } };
  const payload = readPayload(delivery);
  return payload.kind === 'payload' ? { kind: 'push', hint: rules.readPush(payload.value) } : payload;
}

type Payload =
  | { readonly kind: 'payload'; readonly value: unknown }
  | Extract<DeliveryVerdict, { readonly kind: 'unreadable' }>;

/** JSON, or the form that GitHub, Gitea and Gogs send unless they are told otherwise, with the JSON in its field `payload`. */
function readPayload({ header, body }: Delivery): Payload {
  const type = (header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== FORM) {
    return { kind: 'unreadable', status: 415, reason: `send the payload as application/json or ${FORM}` };
  }
  const text = decodeUtf8(body);
  if (text === null) return { kind: 'unreadable', status: 400, reason: 'the body is not UTF-8' };
  const json = type === FORM ? (new URLSearchParams(text).get('payload') ?? '') : text;
  try {
    return { kind: 'payload', value: JSON.parse(json) };
  } catch {
    return { kind: 'unreadable', status: 400, reason: 'the payload is not JSON' };
  }
}
