import { expect, test } from 'vitest';
import { claimsOf } from '../../../../controller/sealed-secrets/ownership.ts';
import { SecretWriter, type WriteRequest } from '../../../../controller/sealed-secrets/secret-writer.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { SECRETS } from '../../../../shared/kube/resource-type.ts';
import { PATCH_ANNOTATION, SKIP_OWNER_ANNOTATION } from '../../../../shared/resources/names.ts';
import { encoded } from '../../../support/key-secret.ts';
import { desiredSecret, liveSealed, liveSecret, OWNER } from '../../../support/live-objects.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';

const REFERENCE = { namespace: 'shop', name: 'db' };
const skipping = { metadata: { annotations: { [SKIP_OWNER_ANNOTATION]: 'true' } } };

/** A request as the reconciler makes it when the watch has told of what is in `client`. */
async function requestOf(client: MemoryObjects, parts: Partial<WriteRequest> = {}): Promise<WriteRequest> {
  const live = await client.get(SECRETS, REFERENCE);
  client.calls.length = 0;
  return {
    sealed: liveSealed(),
    desired: desiredSecret({ a: '1' }),
    claimant: { uid: 'sealed-uid', hasClaimed: () => false },
    claims: live === null ? null : claimsOf(live.metadata),
    ...parts,
  };
}

test('a Secret that does not exist takes one request', async () => {
  const client = new MemoryObjects();
  const result = await new SecretWriter(client).write(await requestOf(client));
  expect(result).toMatchObject({ kind: 'written', write: 'created', mode: 'owned' });
  expect(client.calls).toEqual(['create']);
});

test('a Secret that is as wanted is only read', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ a: '1' }, { ownerReferences: [OWNER] }));
  const result = await new SecretWriter(client).write(await requestOf(client));
  expect(result).toMatchObject({ kind: 'written', write: null });
  expect(client.calls).toEqual(['get']);
});

test('a Secret that appears while it is created is judged by what it is', async () => {
  const client = new MemoryObjects();
  client.before = (verb) => {
    if (verb === 'create') client.put(liveSecret({ theirs: 't' }));
  };
  const result = await new SecretWriter(client).write(await requestOf(client));
  expect(result).toMatchObject({ kind: 'refused', refusal: { reason: 'SecretExists', state: 'waiting' } });
  expect((await client.get(SECRETS, REFERENCE))?.['data']).toEqual(encoded({ theirs: 't' }));
});

test('a write over a version that has changed reads it again, and never writes over what it has not seen', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ a: 'old' }, { ownerReferences: [OWNER] }));
  const request = await requestOf(client);
  let edits = 0;
  client.before = (verb) => {
    if (verb === 'replace' && edits++ === 0)
      client.put(liveSecret({ a: 'edit' }, { ownerReferences: [OWNER], finalizers: ['x/y'] }));
  };
  const result = await new SecretWriter(client).write(request);
  expect(result).toMatchObject({ kind: 'written', write: 'replaced', secret: { metadata: { finalizers: ['x/y'] } } });
  expect(client.calls).toEqual(['get', 'replace', 'get', 'replace']);
});

test('a Secret that others change all the time is left for the next try', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ a: 'old' }, { ownerReferences: [OWNER] }));
  const request = await requestOf(client);
  client.before = (verb) => {
    if (verb === 'replace') client.put(liveSecret({ a: 'edit' }, { ownerReferences: [OWNER] }));
  };
  expect(await new SecretWriter(client).write(request)).toMatchObject({
    kind: 'refused',
    refusal: { state: 'waiting', reason: 'WriteFailed' },
  });
});

test('the place of a Secret of somebody else that has just gone is left alone', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ theirs: 't' }));
  const request = await requestOf(client);
  client.remove(REFERENCE);
  expect(await new SecretWriter(client).write(request)).toEqual({ kind: 'vanished' });
  expect(client.calls).toEqual(['get']);
});

test('a Secret of ours that has just gone is made again', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ a: '1' }, { ownerReferences: [OWNER] }));
  const request = await requestOf(client);
  client.remove(REFERENCE);
  expect(await new SecretWriter(client).write(request)).toMatchObject({ kind: 'written', write: 'created' });
});

test('a Secret that is being deleted is waited for', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ a: 'old' }, { ownerReferences: [OWNER], deletionTimestamp: '2026-01-01T00:00:00Z' }));
  expect(await new SecretWriter(client).write(await requestOf(client))).toMatchObject({
    kind: 'refused',
    refusal: { state: 'waiting' },
  });
});

test('an immutable Secret that holds keys of others is not said to come back when it is deleted', async () => {
  const client = new MemoryObjects();
  const annotations = { [PATCH_ANNOTATION]: 'true' };
  client.put(liveSecret({ theirs: 't' }, { annotations }, { immutable: true }));
  const result = await new SecretWriter(client).write(await requestOf(client));
  const message = expect.stringMatching(/^the target Secret is immutable: .*keys that nobody here would make again/);
  expect(result).toMatchObject({ refusal: { state: 'stalled', reason: 'SecretImmutable', message } });
});

test('immutable values and other types are refused without a request', async () => {
  const client = new MemoryObjects();
  client.put(liveSecret({ a: 'old' }, { ownerReferences: [OWNER] }, { immutable: true }));
  const immutable = await new SecretWriter(client).write(await requestOf(client));
  expect(immutable).toMatchObject({ refusal: { state: 'stalled', reason: 'SecretImmutable' } });
  client.put(liveSecret({ a: 'old' }, { ownerReferences: [OWNER] }, { type: 'kubernetes.io/tls' }));
  const typed = await new SecretWriter(client).write(await requestOf(client));
  expect(typed).toMatchObject({ refusal: { state: 'stalled', reason: 'TypeRefused' } });
  expect(client.calls).toEqual(['get']);
});

test('a Secret without owner that we wrote, just as it is wanted, is ours; an equal one of a stranger is not', async () => {
  const client = new MemoryObjects();
  const parts = { sealed: liveSealed({ template: skipping }), desired: desiredSecret({ a: '1' }) };
  client.put(liveSecret({ a: '1' }, { managedFields: [{ manager: 'kubectl-create' }] }));
  expect(await new SecretWriter(client).write(await requestOf(client, parts))).toMatchObject({ kind: 'refused' });
  client.put(liveSecret({ a: '1' }, { managedFields: [{ manager: 'signet-unseal' }] }));
  expect(await new SecretWriter(client).write(await requestOf(client, parts))).toMatchObject({
    kind: 'written',
    write: null,
  });
  client.put(liveSecret({ a: '2' }, { managedFields: [{ manager: 'signet-unseal' }] }));
  expect(await new SecretWriter(client).write(await requestOf(client, parts))).toMatchObject({ kind: 'refused' });
});

test('a failure on the way is part of the result', async () => {
  const client = new MemoryObjects();
  const request = await requestOf(client);
  client.before = () => {
    throw new KubeError('KUBE_FORBIDDEN', 'cannot create Secret shop/db: it is not allowed', { status: 403 });
  };
  expect(await new SecretWriter(client).write(request)).toMatchObject({
    kind: 'refused',
    refusal: { state: 'waiting', reason: 'Forbidden', message: expect.stringContaining('not allowed') },
  });
});
