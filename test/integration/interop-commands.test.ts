import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { Keyring } from '../../shared/sealing/keyring.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { INTEROP_SECRETS, openedFrom } from '../support/interop-secrets.ts';
import { type KeyFiles, type Kubeseal, prepareKubeseal, writeKeyFiles } from '../support/kubeseal.ts';
import { usePeers } from '../support/peers.ts';
import { attemptSignet, signet } from '../support/run-program.ts';
import { FIRST_KEY, LARGE_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { firstRing, sealingKeyOf, secretOf } from '../support/test-secrets.ts';

const peers = await usePeers('kubeseal');
const DAY_MS = 86_400_000;

let kubeseal: Kubeseal;
let files: KeyFiles;

beforeAll(async () => {
  if (!peers.areHere) return;
  kubeseal = await prepareKubeseal(peers.pathOf('kubeseal'));
  files = await writeKeyFiles(kubeseal);
});

afterAll(() => kubeseal?.stop());

describe('the commands', () => {
  const secrets = Object.values(INTEROP_SECRETS).map((secret, index) => ({
    ...secret,
    metadata: { ...secret.metadata, name: `db-${index}` },
  }));
  const stream = secrets.map((secret) => JSON.stringify(secret)).join('\n---\n');
  const expected = secrets.map((secret) => openedFrom(secret, 'strict'));

  test.each(['yaml', 'json'])('`signet seal -o %s` writes documents that kubeseal opens', async (format) => {
    const sealed = await signet(['seal', '--cert', files.cert, '-o', format], { input: stream });
    const documents = parseDocuments(sealed);
    expect(documents).toHaveLength(secrets.length);
    // The text as it was written, and not what our own reader makes of it.
    const texts = documents.map(({ start, end }) => sealed.slice(start, end));
    expect(await Promise.all(texts.map((text) => kubeseal.recover(text, files.key)))).toEqual(expected);
  });

  test.each(['yaml', 'json'])(
    '`signet unseal` opens the stream that `kubeseal -o %s` writes, with a List of keys',
    async (format) => {
      const sealed = await kubeseal.run(['--cert', files.cert, '-o', format], stream);
      const opened = await signet(['unseal', '--private-key', files.keyList, '-o', 'json'], { input: sealed });
      const documents = parseDocuments(opened).map(({ value }) => value as Secret);
      expect(documents).toEqual(expected);
    },
  );

  test('a value that `kubeseal --raw` sealed opens in a SealedSecret that was written by hand', async () => {
    const place = ['--raw', '--namespace', 'shop', '--name', 'db'];
    const value = await kubeseal.run([...place, '--cert', files.cert], 'hunter2');
    const sealed: SealedSecret = {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'db', namespace: 'shop' },
      spec: { encryptedData: { password: value } },
    };
    expect(await unsealSecret(sealed, firstRing)).toEqual(openedFrom(secretOf({ password: 'hunter2' }), 'strict'));
  });

  test('`kubeseal --merge-into` adds to a file that Signet wrote, and Signet opens the whole', async () => {
    const input = { input: JSON.stringify(secretOf({ old: 'one' })) };
    const file = await kubeseal.write('merge.yaml', await signet(['seal', '--cert', files.cert], input));
    await kubeseal.run(
      ['--cert', files.cert, '--merge-into', file, '-o', 'yaml'],
      JSON.stringify(secretOf({ young: 'two' })),
    );
    const opened = await signet(['unseal', '-f', file, '--private-key', files.key, '-o', 'json']);
    expect(JSON.parse(opened)).toEqual(openedFrom(secretOf({ old: 'one', young: 'two' }), 'strict'));
  });
});

describe('certificates', () => {
  test('kubeseal seals to a certificate that Signet issued, which opens with its key', async () => {
    const issued = await issueSealingKey({ bits: 2048, validForMs: DAY_MS, commonName: 'shop', now: new Date() });
    const cert = await kubeseal.write('issued.crt', issued.certificatePem);
    const key = await kubeseal.write('issued.key', issued.privateKeyPem);
    const secret = secretOf({ password: 'hunter2' });
    const sealed = await kubeseal.seal(secret, cert);
    const ring = new Keyring([await sealingKeyOf(issued)]);
    expect(await unsealSecret(sealed, ring)).toEqual(openedFrom(secret, 'strict'));
    expect(await kubeseal.recover(sealed, key)).toEqual(openedFrom(secret, 'strict'));
  });

  test('keys of 4096 bits, the usual size, work in both directions', async () => {
    const cert = await kubeseal.write('large.crt', LARGE_KEY.certificatePem);
    const key = await kubeseal.write('large.key', LARGE_KEY.privateKeyPem);
    const secret = secretOf({ password: 'hunter2' });
    const theirs = await kubeseal.seal(secret, cert);
    const ours = await sealSecret(secret, { certificate: await readCertificate(LARGE_KEY.certificatePem) });
    const ring = new Keyring([await sealingKeyOf(LARGE_KEY)]);
    for (const sealed of [theirs, ours]) {
      expect(sealed.spec.encryptedData['password']).toMatch(/^Ag[A-D]/);
      expect(await unsealSecret(sealed, ring)).toEqual(openedFrom(secret, 'strict'));
      expect(await kubeseal.recover(sealed, key)).toEqual(openedFrom(secret, 'strict'));
    }
  });

  test('both seal to the first certificate of a chain', async () => {
    const chain = await kubeseal.write('chain.crt', FIRST_KEY.certificatePem + SECOND_KEY.certificatePem);
    const input = JSON.stringify(secretOf({ password: 'hunter2' }));
    for (const sealed of [
      await kubeseal.run(['--cert', chain], input),
      await signet(['seal', '--cert', chain, '-o', 'json'], { input }),
    ]) {
      expect(await kubeseal.recover(sealed, files.key)).toEqual(
        openedFrom(secretOf({ password: 'hunter2' }), 'strict'),
      );
    }
  });

  test('both refuse an expired certificate that Signet issued', async () => {
    const lastYear = new Date(Date.now() - 365 * DAY_MS);
    const issued = await issueSealingKey({ bits: 2048, validForMs: DAY_MS, now: lastYear });
    const cert = await kubeseal.write('expired.crt', issued.certificatePem);
    const input = JSON.stringify(secretOf({ password: 'x' }));
    const theirs = await kubeseal.attempt(['--cert', cert], input);
    const ours = await attemptSignet(['seal', '--cert', cert], { input });
    for (const { code, stdout, stderr } of [theirs, ours]) {
      expect(code).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/expired/);
    }
  });
});
