/**
 * @module The SealedSecrets of the corpus, sealed anew for a key that a test has: metadata and template stay as people wrote them,
 * the values become samples. Each object gets a namespace of its own, since some stand there more than once.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { placeOf } from '../../shared/sealing/scope.ts';
import { sealValue } from '../../shared/sealing/value-cipher.ts';

/** The folder; it is there for developers only. */
export const CORPUS = fileURLToPath(new URL('../../../shared/corpus/sealed-secrets', import.meta.url));

/** Every SealedSecret of the corpus as it stands there, in the order of the files; an empty list when there is no corpus. */
export function readCorpusSealedSecrets(): readonly SealedSecret[] {
  const files = globSync('**/*.{yaml,yml,json}', { cwd: CORPUS }).toSorted();
  return files
    .flatMap((file) => parseDocuments(readFileSync(path.join(CORPUS, file), 'utf8'), { where: file }))
    .map(({ value }) => value as SealedSecret)
    .filter((value) => value.kind === 'SealedSecret')
    .map((value, at) => ({ ...value, metadata: { ...value.metadata, namespace: `corpus-${at}` } }));
}

/** `sealed` with every item sealed for `certificate`, in the scope and for the place that it has. */
export async function sealAnew(sealed: SealedSecret, certificate: SealingCertificate): Promise<SealedSecret> {
  const { label } = placeOf(sealed);
  const items = Object.keys(sealed.spec.encryptedData).map(async (key): Promise<[string, string]> => {
    const value = await sealValue(certificate, label, SecretBytes.fromText(sampleValue(key)));
    return [key, encodeBase64(value)];
  });
  return { ...sealed, spec: { ...sealed.spec, encryptedData: Object.fromEntries(await Promise.all(items)) } };
}

/** A value that templates have to escape, and one that the API server's rule for the key takes. */
function sampleValue(key: string): string {
  return key === '.dockerconfigjson' ? '{"auths":{"registry.example":{"auth":"bWU6eA=="}}}' : `"${key}" & <é>\n`;
}
