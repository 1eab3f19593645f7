import { describe, expect, test } from 'vitest';
import type { ManifestFile } from '../../../../cli/manifests/manifest-files.ts';
import { replaceSecrets } from '../../../../cli/manifests/replace-secrets.ts';
import { decodeInputText } from '../../../../shared/encoding/input-text.ts';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';

const sealed: SealedSecret = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'db' },
  spec: { encryptedData: { a: 'AQ==' } },
};
const SEALED_YAML = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db
spec:
  encryptedData:
    a: AQ==
`;

function replaced(text: string, ...indexes: number[]): string {
  const bytes = new TextEncoder().encode(text);
  const plain = decodeInputText(bytes, 'x');
  const documents = parseDocuments(plain);
  const file: ManifestFile = { input: { name: 'x', bytes, isFromDirectory: false }, text: plain, documents };
  const chosen = documents.filter(({ index }) => indexes.includes(index));
  return replaceSecrets(
    file,
    chosen.map((document) => ({ document, sealed })),
  );
}

describe('replaceSecrets', () => {
  test('replaces several documents and keeps separators, comments and what stands between', () => {
    const text =
      '# head\n---\n# one\nkind: Secret\n---\n# two\na:   1 # odd\n\n...\n---\nkind: Secret # three\n# tail\n';
    expect(replaced(text, 1, 3)).toBe(
      `# head\n---\n# one\n${SEALED_YAML}---\n# two\na:   1 # odd\n\n...\n---\n# three\n${SEALED_YAML}# tail\n`,
    );
  });

  test('moves comments inside a Secret to its top, but for those beside its values', () => {
    const text =
      'kind: Secret\nmetadata:\n  # ours\n  name: db # place\nstringData:\n  # was hunter2\n  a: b # or hunter3\n';
    expect(replaced(text, 1)).toBe(`# ours\n# place\n${SEALED_YAML}`);
  });

  test('keeps carriage returns and a byte-order mark', () => {
    const text = '\ufeffkind: Secret\r\n---\r\nb: 2\r\n';
    expect(replaced(text, 1)).toBe(`\ufeff${SEALED_YAML.replaceAll('\n', '\r\n')}---\r\nb: 2\r\n`);
  });

  test('keeps a missing newline at the end of the file', () => {
    expect(replaced('kind: Secret', 1)).toBe(SEALED_YAML.trimEnd());
  });

  test('keeps JSON as JSON', () => {
    const text = replaced('{"kind": "Secret"}\n', 1);
    expect(text).toBe(`${JSON.stringify(sealed)}\n`);
    expect(replaced('{\n    "kind": "Secret"\n}\n', 1)).toBe(`${JSON.stringify(sealed, null, 4)}\n`);
  });

  test('replaces a document that begins on the line of its separator', () => {
    expect(replaced('--- {kind: Secret}\n---\na: 1\n', 1)).toContain('kind');
    expect(parseDocuments(replaced('--- {kind: Secret}\n---\na: 1\n', 1)).map(({ value }) => value)).toEqual([
      sealed,
      { a: 1 },
    ]);
  });

  test('refuses to give out a text that does not read as intended', () => {
    const text = 'kind: Secret\n---\na: 1\n';
    const documents = parseDocuments(text);
    const input = { name: 'x', bytes: new TextEncoder().encode(text), isFromDirectory: false };
    const [first] = documents;
    const shifted = { ...first!, end: text.length };
    const file: ManifestFile = { input, text, documents: [shifted, ...documents.slice(1)] };
    expect(() => replaceSecrets(file, [{ document: shifted, sealed }])).toThrow('cannot seal "x" in place');
  });
});
