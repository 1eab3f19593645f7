import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL, RETIRED_AT_ANNOTATION } from '../../shared/resources/names.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { eventually } from '../support/eventually.ts';
import { createKeyListWorld, type KeyListWorld } from '../support/key-list-world.ts';
import { freshNamespace } from '../support/namespace.ts';
import { type CliWorld, runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { secretOf } from '../support/test-secrets.ts';
import { createUnsealWorld } from '../support/unseal-world.ts';

const NOTHING = 'signet: nothing was retired\n';

const runIn = (namespace: string, args: readonly string[], world: CliWorld) =>
  runCli(['keys', ...args, '--kubeconfig', inject('kubeconfig'), '--controller-namespace', namespace], world);

/** Retires the old key, in an empty folder, and finds nothing changed. */
async function refusalOf(world: KeyListWorld, args: readonly string[] = [], key: string = world.old.fingerprint) {
  const { code, stdout, stderr } = await withTempFolder((cwd) =>
    runIn(world.namespace, ['retire', key, '--yes', ...args], { cwd }),
  );
  expect(stdout).toBe('');
  const secret = await world.client.get(SECRETS, { namespace: world.namespace, name: 'old-key' });
  expect(secret?.metadata.labels?.[KEY_LABEL]).toBe('active');
  return { code, stderr };
}

test('the active key is never retired', async () => {
  const world = await createKeyListWorld();
  const { code, stderr } = await refusalOf(world, [], 'new-key');
  expect(code).toBe(1);
  expect(stderr).toBe(
    `signet: error: cannot retire the key: it is the active key\nsignet: hint: make a new one with \`signet rotate\` first\n${NOTHING}`,
  );
});

test('a key that objects of the cluster need stays, and they are named', async () => {
  const world = await createKeyListWorld();
  await world.publish({ old: { objects: 24 } });
  const place = await freshNamespace(world.client);
  for (let at = 0; at < 22; at += 1) {
    const name = `db-${String(at).padStart(2, '0')}`;
    const sealed = await sealSecret(secretOf({ a: 'b' }, { metadata: { name, namespace: place } }), {
      certificate: world.old,
    });
    await world.client.create(SEALED_SECRETS, sealed);
    const record = at % 2 === 0 ? 'unsealed' : 'attempt';
    await world.client.mergePatch(
      SEALED_SECRETS,
      { namespace: place, name },
      { status: { observedGeneration: 1, [record]: { keys: [world.old.fingerprint], ...REQUIRED[record] } } },
      { subresource: 'status' },
    );
  }
  const { code, stderr } = await refusalOf(world);
  expect(code).toBe(1);
  expect(stderr).toContain(`24 SealedSecrets of the cluster need it: ${place}/db-00, ${place}/db-01, `);
  expect(stderr).toContain(`${place}/db-19 and 4 more`);
  expect(stderr).not.toContain('db-20');
});

const DIGEST = '0'.repeat(64);
const REQUIRED = {
  unsealed: {
    uid: 'u',
    resourceVersion: '1',
    sealedDigest: DIGEST,
    secretDigest: DIGEST,
    ownerDigest: DIGEST,
    mode: 'owned',
  },
  attempt: { sealedDigest: DIGEST, keysDigest: DIGEST, secret: '', proof: DIGEST },
};

test('what is not known counts as need', async () => {
  const world = await createKeyListWorld();
  await world.publish({ list: { unopened: 2 } });
  expect((await refusalOf(world)).stderr).toContain('2 SealedSecrets of the cluster do not open, and may need it');
  await world.publish({ old: { objects: undefined }, list: { unopened: undefined } });
  const { code, stderr } = await refusalOf(world);
  expect(code).toBe(1);
  expect(stderr).toContain('it is not known which SealedSecrets need it');
  expect(stderr).toContain('it is not known whether all SealedSecrets open');
});

test('an object that was applied and not looked at yet keeps every key, and is named', async () => {
  const world = await createKeyListWorld();
  const namespace = await freshNamespace(world.client, '0-first');
  const sealed = await sealSecret(secretOf({ a: 'b' }, { metadata: { name: 'db', namespace } }), {
    certificate: world.old,
  });
  await world.client.create(SEALED_SECRETS, sealed);
  const { code, stderr } = await refusalOf(world);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`the controller has not looked at \\d+ SealedSecrets?: .*${namespace}/db`));
});

test('objects that do not open keep no key from being retired when that was said', async () => {
  const world = await createKeyListWorld();
  await world.publish({ list: { unopened: 2, partial: 'SealedSecrets in namespaces a' } });
  const { stderr } = await refusalOf(world);
  expect(stderr).toContain('the controller looks at no more than SealedSecrets in namespaces a');
  expect(stderr).toContain('or use --ignore-unopened');
  await withTempFolder(async (cwd) => {
    const args = ['retire', 'old-key', '--yes', '--ignore-unopened', '--ignore-unseen', '--timeout', '1s'];
    const agreed = await runIn(world.namespace, args, { cwd });
    expect(agreed.code).toBe(9);
    expect(agreed.stderr).toContain('retiring although no key is known of 2 SealedSecrets');
  });
});

test('a key that items of the repository need stays, and so does every key while a file cannot be read', async () => {
  const world = await createKeyListWorld();
  const sealed = await sealSecret(secretOf({ a: 'b', c: 'd' }, { metadata: { name: 'db', namespace: 'shop' } }), {
    certificate: world.old,
  });
  await withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'db.yaml'), stringifyYaml(sealed));
    const args = ['retire', world.old.fingerprint, '--yes'];
    const needed = await runIn(world.namespace, args, { cwd });
    expect(needed.code).toBe(1);
    expect(needed.stderr).toContain('2 items of the files need it: db.yaml:1: document 1');
    await writeFile(path.join(cwd, 'db.yaml'), 'kind: SealedSecret\nmetadata: [');
    const unread = await runIn(world.namespace, args, { cwd });
    expect(unread.code).toBe(3);
    expect(unread.stderr).toContain('nothing was retired: name the files that count with -f');
  });
});

test('a key without a confirmed backup is retired only when that was said', async () => {
  const world = await createKeyListWorld();
  await world.publish({ old: { backedUpAt: undefined } });
  const { code, stderr } = await refusalOf(world);
  expect(code).toBe(1);
  expect(stderr).toContain('no backup of it is confirmed');
  await withTempFolder(async (cwd) => {
    const args = ['retire', 'old-key', '--yes', '--without-backup', '--ignore-unseen', '--timeout', '1s'];
    expect(await runIn(world.namespace, args, { cwd })).toMatchObject({ code: 9 });
  });
});

test('a name that means no key, or several, retires none', async () => {
  const world = await createKeyListWorld();
  expect(await refusalOf(world, [], 'SHA256:short')).toMatchObject({ code: 6 });
  expect(await refusalOf(world, [], 'signet-keys')).toMatchObject({ code: 6 });
  expect(await refusalOf(world, [], world.old.fingerprint.slice(0, 'SHA256:'.length + 7))).toMatchObject({ code: 6 });
  await world.publish({ old: { fingerprint: `${world.active.fingerprint.slice(0, 30)}xxxxxxxxxxxxxxxxxxxx` } });
  const several = await refusalOf(world, [], world.active.fingerprint.slice(0, 20));
  expect(several.code).toBe(2);
  expect(several.stderr).toContain('may be one of 2');
});

test('a Secret that holds another key than signet-keys says is left alone', async () => {
  const world = await createKeyListWorld();
  await world.publish({ old: { secret: 'new-key', fingerprint: world.old.fingerprint } });
  const { code, stderr } = await refusalOf(world);
  expect(code).toBe(6);
  expect(stderr).toContain('/new-key: it does not hold that key');
});

test('a person is asked, and nothing happens without a yes', async () => {
  const world = await createKeyListWorld();
  await withTempFolder(async (cwd) => {
    // Objects of other tests that no controller looks at would stand in the way.
    const args = ['retire', 'old-key', '--ignore-unseen', '--timeout', '1s'];
    const unattended = await runIn(world.namespace, args, { cwd });
    expect(unattended.code).toBe(2);
    expect(unattended.stderr).toContain('agree beforehand with --yes');
    const declined = await runIn(world.namespace, args, { cwd, typed: ['no'] });
    expect(declined.code).toBe(1);
    expect(declined.stderr).toContain(`Retire ${world.old.fingerprint} of Secret old-key? [y/N]`);
    const secret = await world.client.get(SECRETS, { namespace: world.namespace, name: 'old-key' });
    expect(secret?.metadata.labels?.[KEY_LABEL]).toBe('active');
    const agreed = await runIn(world.namespace, args, { cwd, typed: ['yes'] });
    expect(agreed.code).toBe(9);
    const relabelled = await world.client.get(SECRETS, { namespace: world.namespace, name: 'old-key' });
    expect(relabelled?.metadata.labels?.[KEY_LABEL]).toBe('retired');
  });
});

test('a controller takes a retired key out of use, and an unretired one back', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  await world.start();
  // Objects of other tests do not open here, and would stand in the way.
  const settle = () =>
    eventually(async () => {
      const list = await world.keyList();
      expect(list.keys).toHaveLength(2);
      return list.keys;
    });
  const [, old] = await settle();
  const place = { namespace: world.keyNamespace, name: old!.secret };
  await withTempFolder(async (cwd) => {
    const retired = { [KEY_LABEL]: 'retired' };
    await world.client.mergePatch(SECRETS, place, {
      metadata: { labels: retired, annotations: { [RETIRED_AT_ANNOTATION]: '2026-03-01T00:00:00Z' } },
    });
    await eventually(async () => expect((await world.keyList()).keys[1]?.state).toBe('retired'));
    const again = await runIn(world.keyNamespace, ['retire', old!.secret, '--yes'], { cwd });
    expect(again).toMatchObject({ code: 0, stderr: `signet: ${old!.fingerprint} is retired already\n` });
    const back = await runIn(world.keyNamespace, ['unretire', old!.secret], { cwd });
    expect(back).toMatchObject({ code: 0, stderr: `signet: ${old!.fingerprint} is in use again\n` });
    const secret = await world.client.get(SECRETS, place);
    expect(secret?.metadata.labels?.[KEY_LABEL]).toBe('active');
    expect(secret?.metadata.annotations?.[RETIRED_AT_ANNOTATION]).toBeUndefined();
    expect((await world.keyList()).keys.map(({ state }) => state)).toEqual(['active', 'decrypt-only']);
    expect(await runIn(world.keyNamespace, ['unretire', old!.secret], { cwd })).toMatchObject({ code: 0 });
  });
});
