import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { SCOPES, type Scope, scopeAnnotations } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { askingFor, INTEROP_SECRETS, openedFrom } from '../support/interop-secrets.ts';
import { type KeyFiles, type Kubeseal, prepareKubeseal, writeKeyFiles } from '../support/kubeseal.ts';
import { usePeers } from '../support/peers.ts';
import { attemptSignet } from '../support/run-program.ts';
import {
  bothRing,
  firstCertificate,
  firstRing,
  sealedOf,
  secondCertificate,
  secretOf,
  withItems,
  withMetadata,
} from '../support/test-secrets.ts';

const peers = await usePeers('kubeseal');

let kubeseal: Kubeseal;
let files: KeyFiles;

beforeAll(async () => {
  if (!peers.areHere) return;
  kubeseal = await prepareKubeseal(peers.pathOf('kubeseal'));
  files = await writeKeyFiles(kubeseal);
});

afterAll(() => kubeseal?.stop());

/** The result of `open` for each scope, so that one comparison shows which of them differs. */
async function inEveryScope<T>(open: (scope: Scope) => T | Promise<T>): Promise<Record<string, T>> {
  const entries = await Promise.all(SCOPES.map(async (scope): Promise<[string, T]> => [scope, await open(scope)]));
  return Object.fromEntries(entries);
}

describe.each(Object.entries(INTEROP_SECRETS))('a Secret with %s', (_name, secret) => {
  test('is the same after kubeseal sealed it in any scope and Signet opened it', async () => {
    const byFlag = await inEveryScope(async (scope) =>
      unsealSecret(await kubeseal.seal(secret, files.cert, '--scope', scope), firstRing),
    );
    const byAnnotation = await inEveryScope(async (scope) =>
      unsealSecret(await kubeseal.seal(askingFor(secret, scope), files.cert), firstRing),
    );
    const expected = await inEveryScope((scope) => openedFrom(secret, scope));
    expect(byFlag).toEqual(expected);
    expect(byAnnotation).toEqual(expected);
  });

  test('is the same after Signet sealed it in any scope and kubeseal opened it', async () => {
    const byOption = await inEveryScope(async (scope) =>
      kubeseal.recover(await sealSecret(secret, { certificate: firstCertificate, scope }), files.key),
    );
    const byAnnotation = await inEveryScope(async (scope) =>
      kubeseal.recover(await sealSecret(askingFor(secret, scope), { certificate: firstCertificate }), files.key),
    );
    const expected = await inEveryScope((scope) => openedFrom(secret, scope));
    expect(byOption).toEqual(expected);
    expect(byAnnotation).toEqual(expected);
  });
});

describe('with several keys', () => {
  test('kubeseal opens what Signet sealed to any of them, from PEM files and from a List of key Secrets', async () => {
    for (const certificate of [firstCertificate, secondCertificate]) {
      const sealed = await sealedOf({ password: 'hunter2' }, certificate);
      const expected = openedFrom(secretOf({ password: 'hunter2' }), 'strict');
      expect(await kubeseal.recover(sealed, files.key, files.secondKey)).toEqual(expected);
      expect(await kubeseal.recover(sealed, files.keyList)).toEqual(expected);
    }
  });

  test('Signet opens what kubeseal sealed to any of them, also when one object holds values for both', async () => {
    const secret = secretOf({ old: 'one', young: 'two' });
    const [first, second] = await Promise.all([
      kubeseal.seal(secret, files.cert),
      kubeseal.seal(secret, files.secondCert),
    ]);
    const encryptedData = { ...first.spec.encryptedData, young: second.spec.encryptedData['young'] ?? '' };
    const mixed = { ...first, spec: { ...first.spec, encryptedData } };
    for (const sealed of [first, second, mixed]) {
      expect(await unsealSecret(sealed, bothRing)).toEqual(openedFrom(secret, 'strict'));
    }
    expect(await kubeseal.recover(mixed, files.keyList)).toEqual(openedFrom(secret, 'strict'));
  });

  test('a value for another key is refused by both, in words that scripts look for', async () => {
    const sealed = await kubeseal.seal(secretOf({ password: 'x' }), files.secondCert);
    const phrase = /no key could decrypt secret \(password\)/;
    await expect(kubeseal.recover(sealed, files.key)).rejects.toThrow(phrase);
    await expect(unsealSecret(sealed, firstRing)).rejects.toThrow(/no key could decrypt secret/);
    const unseal = ['unseal', '--private-key', files.key];
    const { code, stdout, stderr } = await attemptSignet(unseal, { input: JSON.stringify(sealed) });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(/no key could decrypt secret.*password/);
  });
});

describe('a SealedSecret that stands elsewhere', () => {
  const moves = {
    'another name': { name: 'copy', namespace: 'shop' },
    'another namespace': { name: 'db', namespace: 'other' },
    'both of them': { name: 'copy', namespace: 'other' },
  };
  const opens: Readonly<Record<Scope, readonly string[]>> = {
    strict: [],
    'namespace-wide': ['another name'],
    'cluster-wide': Object.keys(moves),
  };

  /** The moves after which `open` still opens `sealed`. */
  async function openAfter(sealed: SealedSecret, open: (moved: SealedSecret) => Promise<Secret>): Promise<string[]> {
    const found: string[] = [];
    for (const [move, place] of Object.entries(moves)) {
      const opened = await open(withMetadata(sealed, { ...sealed.metadata, ...place })).catch((error: Error) => error);
      if (opened instanceof Error) expect(opened.message).toMatch(/no key could decrypt secret/);
      else found.push(move);
    }
    return found;
  }

  test.each(SCOPES)('opens in the same places for both programs when it was sealed %s', async (scope) => {
    const secret = secretOf({ password: 'hunter2' });
    const theirs = await kubeseal.seal(secret, files.cert, '--scope', scope);
    const ours = await sealSecret(secret, { certificate: firstCertificate, scope });
    for (const sealed of [theirs, ours]) {
      expect(await openAfter(sealed, (moved) => kubeseal.recover(moved, files.key))).toEqual(opens[scope]);
      expect(await openAfter(sealed, (moved) => unsealSecret(moved, firstRing))).toEqual(opens[scope]);
    }
  });

  test.each(SCOPES)('does not open when its annotations say something other than %s', async (scope) => {
    const sealed = await kubeseal.seal(secretOf({ password: 'x' }), files.cert, '--scope', scope);
    for (const other of SCOPES.filter((one) => one !== scope)) {
      const edited = withMetadata(sealed, { ...sealed.metadata, annotations: scopeAnnotations(other) });
      await expect(kubeseal.recover(edited, files.key)).rejects.toThrow(/no key could decrypt secret/);
      await expect(unsealSecret(edited, firstRing)).rejects.toThrow(/no key could decrypt secret/);
    }
  });
});

describe('a sealed value that was changed afterwards', () => {
  const inBytes = (change: (bytes: Buffer) => Uint8Array) => (value: string) =>
    Buffer.from(change(Buffer.from(value, 'base64'))).toString('base64');
  const flipped = (at: number) =>
    inBytes((bytes) => {
      bytes.writeUInt8(bytes.readUInt8(at < 0 ? bytes.length + at : at) ^ 1, at < 0 ? bytes.length + at : at);
      return bytes;
    });
  const changes: readonly (readonly [what: string, change: (value: string) => string, opens: boolean])[] = [
    ['by nothing', (value) => value, true],
    ['by line breaks', (value) => value.replaceAll(/.{64}/g, '$&\r\n'), true],
    ['by spaces', (value) => value.replaceAll(/.{64}/g, '$& '), false],
    ['into the URL alphabet', (value) => value.replaceAll('+', '-').replaceAll('/', '_').replace(/^./, '-'), false],
    ['by the loss of its padding', (value) => value.replace(/=+$/, ''), false],
    ['into nothing', () => '', false],
    ['into one byte', () => 'AA==', false],
    ['by one bit of its length', flipped(1), false],
    ['by one bit of its key', flipped(10), false],
    ['by one bit of its content', flipped(260), false],
    ['by one bit of its tag', flipped(-1), false],
    ['by a byte at its end', inBytes((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])), false],
    ['by the loss of its last byte', inBytes((bytes) => bytes.subarray(0, -1)), false],
  ];

  test.each(changes)('%s is judged alike by both programs', async (_what, change, opens) => {
    for (const sealed of [
      await kubeseal.seal(secretOf({ password: 'hunter2' }), files.cert),
      await sealedOf({ password: 'hunter2' }),
    ]) {
      const password = change(sealed.spec.encryptedData['password'] ?? '');
      const changed = withItems(sealed, { password });
      const [theirs, ours] = await Promise.allSettled([
        kubeseal.recover(changed, files.key),
        unsealSecret(changed, firstRing),
      ]);
      expect([theirs.status, ours.status]).toEqual(opens ? ['fulfilled', 'fulfilled'] : ['rejected', 'rejected']);
    }
  });
});
