/** @module The secret key of content digests, kept in the cluster so that a restart knows its own records again. */
import { randomBytes } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../../shared/encoding/base64.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { CONTROLLER_FIELD_MANAGER, DIGEST_KEY_SECRET } from '../../shared/resources/names.ts';
import { comesFromSealedSecret, type KubeObject } from '../../shared/resources/object-meta.ts';
import { KeysError } from './errors.ts';

const DATA_KEY = 'key';
const KEY_BYTES = 32;

/**
 * The 32 bytes of Secret `signet-digest-key` in `namespace`, which is created when it does not exist. Of several
 * controllers that start at once all get the same bytes.
 * @throws KubeError; KeysError `KEYS_DIGEST_KEY_INVALID` when the Secret holds something else.
 */
export async function loadDigestKey(
  client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create'>,
  namespace: string,
): Promise<SecretBytes> {
  const reference = { namespace, name: DIGEST_KEY_SECRET };
  const existing = await client.get(SECRETS, reference);
  if (existing !== null) return readDigestKey(existing);
  try {
    return readDigestKey(
      await client.create(SECRETS, newDigestKey(namespace), { fieldManager: CONTROLLER_FIELD_MANAGER }),
    );
  } catch (error) {
    if (!isKubeError(error, 'KUBE_ALREADY_EXISTS')) throw error;
  }
  const winner = await client.get(SECRETS, reference);
  if (winner === null) throw invalid('it was deleted while it was read');
  return readDigestKey(winner);
}

function newDigestKey(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: DIGEST_KEY_SECRET, namespace },
    data: { [DATA_KEY]: encodeBase64(randomBytes(KEY_BYTES)) },
  };
}

function readDigestKey(object: KubeObject): SecretBytes {
  if (comesFromSealedSecret(object.metadata)) throw invalid('it came out of a SealedSecret, whose author knows it');
  const data = object['data'] as Readonly<Record<string, unknown>> | null | undefined;
  const text = data && Object.hasOwn(data, DATA_KEY) ? data[DATA_KEY] : undefined;
  if (typeof text !== 'string') throw invalid(`data "${DATA_KEY}" is missing`);
  const bytes = decodeBase64(text);
  if (bytes.length !== KEY_BYTES) throw invalid(`data "${DATA_KEY}" has ${bytes.length} bytes, expected ${KEY_BYTES}`);
  return new SecretBytes(bytes);
}

function invalid(problem: string): KeysError {
  return new KeysError('KEYS_DIGEST_KEY_INVALID', `cannot use Secret "${DIGEST_KEY_SECRET}": ${problem}`, {
    hint: 'delete the Secret: a new one is made, and every SealedSecret is unsealed once more',
  });
}
