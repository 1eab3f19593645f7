import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { Keyring } from '../../../../shared/sealing/keyring.ts';
import { canOpen } from '../../../../shared/sealing/open-sealed.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { runCli, withTempFolder } from '../../../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, secondKey, secretOf } from '../../../support/test-secrets.ts';

const certificate = firstCertificate;
const secondRing = new Keyring([secondKey]);

async function sealed(name: string): Promise<SealedSecret> {
  const metadata = { name, namespace: 'shop' };
  return sealSecret(secretOf({ a: `${name} 1`, b: `${name} 2` }, { metadata }), { certificate });
}

/** What `signet reseal` makes of a file. */
async function resealText(name: string, content: string | Uint8Array, ...words: readonly string[]) {
  return withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'old.key'), FIRST_KEY.privateKeyPem);
    await writeFile(path.join(folder, 'new.pem'), SECOND_KEY.certificatePem);
    await writeFile(path.join(folder, name), content);
    const argv = ['reseal', name, '--private-key', 'old.key', '--cert', 'new.pem', ...words];
    const result = await runCli(argv, { cwd: folder });
    return { ...result, bytes: await readFile(path.join(folder, name)) };
  });
}

/** Lines of `after` that are not those of `before`; their number must be the same. */
function changedLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  expect(now.length).toBe(old.length);
  return now.filter((line, at) => line !== old[at]);
}

async function expectOpens(text: string): Promise<void> {
  for (const { value } of parseDocuments(text)) {
    const { items } = value as { readonly items?: readonly SealedSecret[] };
    for (const object of items ?? [value as SealedSecret]) {
      if (object.kind === 'SealedSecret') expect(await canOpen(object, secondRing)).toBe(true);
    }
  }
}

test('reseal changes the lines of values and of the receipt, and no others', async () => {
  const { metadata, spec } = await sealed('db');
  const { a, b } = spec.encryptedData;
  const receipt = metadata.annotations?.['signet.dev/receipt'];
  const text = `# before
---   # a marker
kind:   SealedSecret # kind first
apiVersion: "bitnami.com/v1alpha1"
metadata:
    name: 'db'
    labels: {app: "shop",   tier: db}
    namespace: shop
    annotations:
        note: 'it''s'  # a note
        signet.dev/receipt: '${receipt}' # the receipt
spec:
    template:
        data: {x: "{{ .a }}"}
    encryptedData:
        # the second first
        "b": "${b}"  # was rotated in May

        a: ${a}
---
# another document
kind: ConfigMap
apiVersion: v1
metadata: {name: x}
...
# after
`;
  const { code, stderr, bytes } = await resealText('app.yaml', text);
  expect([code, stderr]).toEqual([0, 'signet: resealed 1 SealedSecret in 1 file; 0 did not need it\n']);
  const changed = changedLines(text, bytes.toString());
  expect(changed.map((line) => line.replace(/AQ[A-Za-z0-9+/=]+/, '<value>').replace(/'\{.*\}'/, '<receipt>'))).toEqual([
    '        signet.dev/receipt: <receipt> # the receipt',
    '        "b": "<value>"  # was rotated in May',
    '        a: <value>',
  ]);
  await expectOpens(bytes.toString());
});

test('reseal keeps CRLF and a byte-order mark', async () => {
  const [one, two] = [await sealed('one'), await sealed('two')];
  const plain = [one, two].map(
    ({ spec, metadata: { name } }) =>
      `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  encryptedData:\n    a: ${spec.encryptedData['a']}\n`,
  );
  const text = `\ufeff${plain.join('---\n')}`.replaceAll('\n', '\r\n');
  const { code, bytes } = await resealText('app.yaml', text);
  expect(code).toBe(0);
  const changed = changedLines(text, bytes.toString());
  expect(changed.map((line) => /^ {4}a: AQ[^ ]+\r$/.test(line))).toEqual([true, true]);
  await expectOpens(bytes.toString());
});

test('reseal works in the items of a List, and in JSON', async () => {
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: [await sealed('one'), { kind: 'ConfigMap' }, await sealed('two')],
  };
  const text = `${JSON.stringify(list, null, 4)}\n`;
  const { code, bytes } = await resealText('list.json', text);
  expect(code).toBe(0);
  expect(changedLines(text, bytes.toString()).length).toBe(6);
  await expectOpens(bytes.toString());
});

test('reseal adds a receipt only when it is told to', async () => {
  const { metadata: _, ...rest } = await sealed('db');
  const text = `${JSON.stringify({ ...rest, metadata: { name: 'db', namespace: 'shop' } })}\n`;
  const without = await resealText('db.json', text);
  expect(without.bytes.toString()).not.toContain('receipt');
  const added = await resealText('db.json', text, '--receipt');
  expect(added.bytes.toString()).toContain('"annotations":{"signet.dev/receipt":"{\\"v\\":1,');
  await expectOpens(added.bytes.toString());
});

test('an object that does not open stays as it is, and the others of its file are resealed', async () => {
  const [good, bad] = [await sealed('good'), await sealed('bad')];
  const moved = { ...bad, metadata: { ...bad.metadata, name: 'worse' } };
  const text = `${JSON.stringify(good)}\n${JSON.stringify(moved)}\n`;
  const { code, stderr, bytes } = await resealText('both.json', text);
  expect(code).toBe(5);
  expect(stderr).toContain(
    'both.json:2: document 2: SealedSecret "shop/worse": no key could decrypt secret (a, b): sealed for "shop/bad"',
  );
  const [first = '', second] = bytes.toString().split('\n');
  expect(second).toBe(JSON.stringify(moved));
  expect(await canOpen(JSON.parse(first) as SealedSecret, secondRing)).toBe(true);
});

test('an object whose text allows no safe edit is named, and its file stays as it is', async () => {
  const { spec } = await sealed('db');
  const text = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop}
spec:
  encryptedData: &items
    a: ${spec.encryptedData['a']}
  other: *items
`;
  const { code, stderr, bytes } = await resealText('db.yaml', text);
  expect([code, bytes.toString()]).toEqual([3, text]);
  expect(stderr).toContain('cannot reseal db.yaml:1: document 1: SealedSecret "shop/db": cannot edit the text');
});

test('a namespace that the file leaves open comes from -n, else from the receipt, and is not written', async () => {
  const { metadata, spec } = await sealed('db');
  const { namespace: _, ...open } = metadata;
  const object = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: open, spec };
  const told = await resealText('db.json', JSON.stringify(object));
  const bare = { ...object, metadata: { name: 'db' } };
  const given = await resealText('db.json', JSON.stringify(bare), '-n', 'shop');
  for (const { code, bytes } of [told, given]) {
    expect(code).toBe(0);
    const after = JSON.parse(bytes.toString()) as SealedSecret;
    expect(after.metadata.namespace).toBeUndefined();
    expect(await canOpen({ ...after, metadata: { ...after.metadata, namespace: 'shop' } }, secondRing)).toBe(true);
  }
  expect((await resealText('db.json', JSON.stringify(bare))).code).toBe(5);
});
