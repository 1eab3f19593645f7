/** @module The token of a webhook, read anew for each delivery, so that a changed one counts at once and an old one no longer. */
import { decodeBase64 } from '../../shared/encoding/base64.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';

const TOKEN_KEY = 'token';
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];

/**
 * What the Secret at `place` holds under `token`; null when there is no such Secret, or nothing in it. One line break at the end is dropped: it comes from an editor.
 * @throws KubeError
 */
export async function readWebhookToken(client: Pick<KubeReader, 'get'>, place: Request): Promise<SecretBytes | null> {
  const secret = (await client.get(SECRETS, { namespace: place.namespace, name: place.name })) as Secret | null;
  const bytes = withoutLineBreak(decodeBase64(secret?.data?.[TOKEN_KEY] ?? ''));
  return bytes.length === 0 ? null : new SecretBytes(bytes);
}

function withoutLineBreak(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.at(-1) !== LINE_FEED) return bytes;
  return bytes.slice(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
