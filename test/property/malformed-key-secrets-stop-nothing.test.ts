import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyLoader } from '../../controller/keys/key-loader.ts';
import { readKeySecret } from '../../controller/keys/key-secret.ts';
import { takeSnapshot } from '../../controller/keys/key-snapshot.ts';
import { toKeyList } from '../../controller/keys/key-statement.ts';
import type { LoadResult } from '../../controller/keys/loaded-key.ts';
import { encodePem, parsePemBlocks } from '../../shared/certificate/pem.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { encoded, keySecret } from '../support/key-secret.ts';
import { MALFORMED_KEYS, malformedKeySecret } from '../support/malformed-key-secrets.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { firstKey } from '../support/test-secrets.ts';

const RULES = { order: 'CertNotBefore', now: new Date('2026-06-01T00:00:00Z') } as const;
const MAX_PROBLEM = 300;
/** As much of the key's text as nobody types by chance. */
const SHRED = 24;

const good = keySecret('keys', 'good', FIRST_KEY);
let revisions = 0;

/** Loads `objects` beside a good key, as a controller does. */
async function load(...objects: readonly KubeObject[]): Promise<readonly LoadResult[]> {
  const secrets = [good, ...objects].map((object) => {
    revisions += 1;
    return readKeySecret({ ...object, metadata: { ...object.metadata, uid: `u${revisions}` } }, 'sealed-secrets-key');
  });
  return new KeyLoader(1).load(secrets);
}

const withData = (data: unknown): KubeObject => ({ ...keySecret('keys', 'other', SECOND_KEY), data });

function expectNoKeyMaterial(problem: string, data: unknown): void {
  const texts = Object.values((data ?? {}) as Record<string, unknown>).filter((value) => typeof value === 'string');
  for (const text of [...texts, Buffer.from(texts.join(''), 'base64').toString('latin1')]) {
    for (let at = 0; at + SHRED <= problem.length; at += 1) {
      expect(text.includes(problem.slice(at, at + SHRED))).toBe(false);
    }
  }
}

test('there are many ways to get a key Secret wrong, and no two are the same', () => {
  expect(new Set(MALFORMED_KEYS.map(({ what }) => what)).size).toBeGreaterThanOrEqual(50);
});

test.each(MALFORMED_KEYS.map((malformed) => [malformed.what, malformed] as const))(
  'a key Secret with %s is a finding that quotes no key, and the good key beside it is loaded',
  async (_what, malformed) => {
    const results = await load(malformedKeySecret('keys', 'bad', malformed));
    const snapshot = takeSnapshot(results, RULES);
    expect(snapshot.active?.key.fingerprint).toBe(firstKey.fingerprint);
    const { unusable } = toKeyList(snapshot, { usage: null, problem: undefined });
    expect(unusable).toEqual([{ secret: 'bad', problem: expect.stringContaining(malformed.told) }]);
    const problem = unusable[0]?.problem ?? '';
    expect(problem.length).toBeLessThanOrEqual(MAX_PROBLEM);
    expect(problem).not.toMatch(/[\r\n]/);
    expectNoKeyMaterial(problem, malformed.data);
  },
);

/** PEM of `original` with bits of its bytes flipped. */
function flipsOf(pem: string): fc.Arbitrary<string> {
  const block = parsePemBlocks(pem)[0]!;
  const flip = fc.tuple(fc.nat(block.bytes.length - 1), fc.nat(7));
  return fc.array(flip, { minLength: 1, maxLength: 4 }).map((flips) => {
    const bytes = Uint8Array.from(block.bytes);
    for (const [at, bit] of flips) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    return encodePem(block.label, bytes);
  });
}

/** Every result is one of the three, and the good key is the first of them. */
function expectResults(results: readonly LoadResult[]): void {
  expect(results[0]).toHaveProperty('key');
  for (const result of results.slice(1)) {
    const kinds = ['key', 'certificate', 'problem'].filter((kind) => kind in result);
    expect(kinds).toHaveLength(1);
    if ('problem' in result) expect(result.problem.length).toBeLessThanOrEqual(MAX_PROBLEM);
  }
  expect(takeSnapshot(results, RULES).active).not.toBeNull();
}

test('flipped bits of a certificate or a private key make a finding, or a pair that is still one', async () => {
  const pair = fc.record({
    certificatePem: fc.oneof(fc.constant(SECOND_KEY.certificatePem), flipsOf(SECOND_KEY.certificatePem)),
    privateKeyPem: fc.oneof(fc.constant(SECOND_KEY.privateKeyPem), flipsOf(SECOND_KEY.privateKeyPem)),
  });
  await fc.assert(
    fc.asyncProperty(pair, async ({ certificatePem, privateKeyPem }) => {
      expectResults(await load(withData(encoded({ 'tls.crt': certificatePem, 'tls.key': privateKeyPem }))));
    }),
    { numRuns: 300 },
  );
});

test('texts that were cut and joined anywhere make a finding or a key', async () => {
  const whole = `${SECOND_KEY.certificatePem}${SECOND_KEY.privateKeyPem}`;
  const piece = fc
    .tuple(fc.nat(whole.length), fc.nat(whole.length))
    .map(([a, b]) => whole.slice(Math.min(a, b), Math.max(a, b)));
  const text = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, async (certificate, key) => {
      expectResults(await load(withData(encoded({ 'tls.crt': certificate, 'tls.key': key }))));
    }),
    { numRuns: 200 },
  );
});

test('data of any shape makes a finding', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (crt, key) => {
      expectResults(await load(withData({ 'tls.crt': crt, 'tls.key': key }), withData(crt)));
    }),
    { numRuns: 200 },
  );
});
