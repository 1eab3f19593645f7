/** @module Key Secrets of the fixed test keys, as sealed-secrets writes them. */
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import { KEY_LABEL } from '../../shared/resources/names.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { TestKey } from './test-keys.ts';

/** `values` as `data` of a Secret. */
export function encoded(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encodeBase64(encodeUtf8(value))]));
}

/** A key Secret with the label of an active key. */
export function keySecret(namespace: string, name: string, key: TestKey): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { namespace, name, labels: { [KEY_LABEL]: 'active' } },
    data: encoded({ 'tls.crt': key.certificatePem, 'tls.key': key.privateKeyPem }),
  };
}
