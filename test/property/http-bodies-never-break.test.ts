import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Listener, listen } from '../../controller/http/listen.ts';
import { createPublicApp } from '../../controller/http/public-app.ts';
import { publicDependencies } from '../support/public-app.ts';
import { sealedOf } from '../support/test-secrets.ts';

const errors: unknown[] = [];
const sealed = await sealedOf({ a: '1', b: '2' });
const text = JSON.stringify(sealed);
let listener: Listener;

beforeAll(async () => {
  listener = await listen(createPublicApp(publicDependencies({ onError: (error) => errors.push(error) })), {
    host: '127.0.0.1',
    port: 0,
  });
});

afterAll(() => listener.close());

/** Bytes that are nearly a SealedSecret: cut, spliced, with a field of another kind, or anything at all. */
const body = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 400 }).map((value) => Buffer.from(value)),
  fc.json().map((value) => Buffer.from(value)),
  fc.nat(text.length).map((end) => Buffer.from(text.slice(0, end))),
  fc
    .tuple(fc.nat(text.length - 1), fc.nat(8), fc.string({ maxLength: 8 }))
    .map(([at, length, insert]) => Buffer.from(text.slice(0, at) + insert + text.slice(at + length))),
  fc
    .tuple(
      fc.constantFrom('metadata', 'spec', 'status', 'kind', 'apiVersion'),
      fc.oneof(
        fc.jsonValue(),
        fc.dictionary(
          fc.constantFrom('encryptedData', 'data', 'template', 'name', '__proto__', 'annotations'),
          fc.jsonValue(),
        ),
      ),
    )
    .map(([field, value]) => Buffer.from(JSON.stringify({ ...sealed, [field]: value }))),
);

test('whatever is sent to verify and rotate ends in a foreseen status', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('verify', 'rotate'), body, async (route, bytes) => {
      const response = await fetch(`http://${listener.address}/v1/${route}`, { method: 'POST', body: bytes });
      expect([200, 400, 409]).toContain(response.status);
      await response.arrayBuffer();
    }),
    { numRuns: 600 },
  );
  expect(errors).toEqual([]);
});
