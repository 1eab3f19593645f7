import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXIT } from '../../cli/terminal/exit-codes.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { keySecret } from '../support/key-secret.ts';
import { malformed } from '../support/malformed-bytes.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { firstCertificate } from '../support/test-secrets.ts';

const CANARY = 'canary-6f1c0b7e';
const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', labels: { app: 'shop' } },
  type: 'Opaque',
  stringData: { password: CANARY, user: 'app' },
} as const;
const sealed = await sealSecret(SECRET, { certificate: firstCertificate });

const TEXTS = {
  secret: stringifyYaml(SECRET),
  sealed: stringifyYaml(sealed),
  sealedJson: `${JSON.stringify(sealed, null, 2)}\n`,
  certificate: FIRST_KEY.certificatePem,
  privateKey: FIRST_KEY.privateKeyPem,
  keySecret: stringifyYaml(keySecret('signet-system', 'key', FIRST_KEY)),
};

/** What is damaged, and the command lines that read it; `FILE` is the damaged file. */
const READERS: readonly (readonly [subject: keyof typeof TEXTS, argv: readonly string[]])[] = [
  ['secret', ['seal', '-f', 'FILE', '--in-place', '--cert', 'cert.pem']],
  ['secret', ['seal', '-f', 'FILE', '--cert', 'cert.pem', '-w', 'out.yaml']],
  ['sealed', ['unseal', '-f', 'FILE', '--private-key', 'key.pem']],
  ['sealedJson', ['unseal', '-f', 'FILE', '--private-key', 'key.pem']],
  ['certificate', ['seal', '-f', 'secret.yaml', '--cert', 'FILE']],
  ['certificate', ['cert', 'show', '--cert', 'FILE']],
  ['privateKey', ['unseal', '-f', 'sealed.yaml', '--private-key', 'FILE']],
  ['keySecret', ['unseal', '-f', 'sealed.yaml', '--private-key', 'FILE']],
  ['secret', ['kubeseal', '--cert', 'cert.pem', '-f', 'FILE', '-w', 'out.yaml']],
  ['secret', ['kubeseal', '--cert', 'cert.pem', '-f', 'FILE', '--merge-into', 'sealed.yaml']],
  ['sealed', ['kubeseal', '--cert', 'cert.pem', '-f', 'secret.yaml', '--merge-into', 'FILE']],
  ['sealed', ['kubeseal', '--recovery-unseal', '--recovery-private-key', 'key.pem', '-f', 'FILE']],
  ['keySecret', ['kubeseal', '--recovery-unseal', '--recovery-private-key', 'FILE', '-f', 'sealed.yaml']],
  ['certificate', ['kubeseal', '--cert', 'FILE', '-f', 'secret.yaml']],
  ['sealed', ['set', 'FILE', 'token', '--cert', 'cert.pem']],
  ['sealed', ['unset', 'FILE', 'password']],
  ['sealedJson', ['rename', 'FILE', 'password', 'passphrase']],
  ['sealed', ['reseal', 'FILE', '--cert', 'cert.pem', '--private-key', 'key.pem']],
  ['sealed', ['reseal', '--check', 'FILE', '--cert', 'cert.pem']],
];

test.for(READERS)('damaged input, %s to %j: no crash, no leak, no half-written file', async ([subject, argv]) => {
  await withTempFolder(async (folder) => {
    const files: Readonly<Record<string, string>> = {
      'secret.yaml': TEXTS.secret,
      'sealed.yaml': TEXTS.sealed,
      'cert.pem': TEXTS.certificate,
      'key.pem': TEXTS.privateKey,
    };
    await fc.assert(
      fc.asyncProperty(malformed(TEXTS[subject]), async (bytes) => {
        for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
        await writeFile(path.join(folder, 'damaged.yaml'), bytes);
        const before = await contents(folder);
        const words = argv.map((word) => (word === 'FILE' ? 'damaged.yaml' : word));
        const { code, stdout, stderr } = await runCli(words, { cwd: folder, stdin: 'value' });
        expect(code).not.toBe(EXIT.defect);
        // A damaged file may hold two objects, of which one has to be chosen; nothing else is wrong with the command lines.
        if (code === EXIT.usage) expect(stderr).toContain('--object');
        expect(leaks(stderr)).toEqual([]);
        // As kubeseal, 1 is the code of every failure.
        if (code === EXIT.done || (code === EXIT.findings && argv[0] !== 'kubeseal')) return;
        expect(stdout).toBe('');
        expect(stderr).toMatch(/error: \S/);
        expect(await contents(folder)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });
});

/** Every file of `folder` by name. */
async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder);
  const entries = names.map(async (name) => [name, await readFile(path.join(folder, name), 'base64')] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function leaks(text: string): readonly string[] {
  const inBase64 = Buffer.from(CANARY).toString('base64').slice(0, 16);
  const keyBody = FIRST_KEY.privateKeyPem.split('\n').slice(2, 4);
  return [CANARY, inBase64, ...keyBody].filter((canary) => text.includes(canary));
}
