/** @module SealedSecrets in the deprecated form, which no program makes any more: a whole Secret sealed as one value. */
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { SealedSecret, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import { labelOf } from '../../shared/sealing/scope.ts';
import { sealValue } from '../../shared/sealing/value-cipher.ts';

/** What stands around the sealed text. */
export interface WholeOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly template?: SecretTemplate;
}

/** A strict SealedSecret `shop/db` whose `spec.data` is `content`: an object as JSON, or a text as it is. */
export async function sealWhole(
  content: unknown,
  certificate: SealingCertificate,
  { name = 'db', namespace = 'shop', template }: WholeOptions = {},
): Promise<SealedSecret> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const value = await sealValue(certificate, labelOf('strict', namespace, name), SecretBytes.fromText(text));
  const data = Buffer.from(value).toString('base64');
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace },
    spec: { encryptedData: {}, data, ...(template && { template }) },
  };
}
