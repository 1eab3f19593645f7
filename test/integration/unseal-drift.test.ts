import { expect, test } from 'vitest';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { DRIFT_ANNOTATION } from '../../shared/resources/names.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { createUnsealWorld, type RunningController, type UnsealWorld } from '../support/unseal-world.ts';

const CANARY = 'canary-edited';

const reference = (world: UnsealWorld) => ({ namespace: world.namespace, name: 'db' });

const annotate = (world: UnsealWorld, mode: string | null) =>
  world.client.mergePatch(SEALED_SECRETS, reference(world), {
    metadata: { annotations: { [DRIFT_ANNOTATION]: mode } },
  });

/** Edits the Secret as a person with kubectl does. */
const editSecret = (world: UnsealWorld, values: Record<string, string | null>) => {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    value === null ? null : encoded({ key: value })['key'],
  ]);
  const patch = { data: Object.fromEntries(entries) };
  return world.client.mergePatch(SECRETS, reference(world), patch, { fieldManager: 'kubectl-edit' });
};

const drifted = (world: UnsealWorld, status: 'True' | 'False') =>
  eventually(async () => {
    const condition = conditionOf(await world.sealed(), 'Drifted');
    expect(condition?.status).toBe(status);
    return condition?.message ?? '';
  });

async function unsealedWorld(mode?: string): Promise<{ world: UnsealWorld; controller: RunningController }> {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.startAlone();
  const sealed = await world.seal({ password: 'p', user: 'u' });
  const annotations = { ...sealed.metadata.annotations, ...(mode !== undefined && { [DRIFT_ANNOTATION]: mode }) };
  await world.create({ ...sealed, metadata: { ...sealed.metadata, annotations } });
  await world.untilReason('Unsealed');
  return { world, controller };
}

/** Resolves when an object that was created after everything so far has been unsealed. */
async function untilQuiet(world: UnsealWorld, name = 'marker'): Promise<void> {
  await world.create(await world.seal({ quiet: 'q' }, { name }));
  await world.untilReason('Unsealed', name);
}

const eventsOf = async (world: UnsealWorld, reason: string) =>
  (await world.events()).filter((event) => event.startsWith(`${reason}: `));

test('a repair is told in an event that names the editor and the keys', async () => {
  const { world } = await unsealedWorld();
  await editSecret(world, { password: CANARY, extra: CANARY, user: null });
  await world.untilValues({ password: 'p', user: 'u' });
  const [event] = await eventually(async () => {
    const events = await eventsOf(world, 'SecretRepaired');
    expect(events).toHaveLength(1);
    return events;
  });
  expect(event).toMatch(
    /changed by "kubectl-edit" at \d{4}-.*Z: key "extra" added, key "password" changed, key "user" removed/,
  );
  expect(event).not.toContain(CANARY);
});

test('report leaves an edit as it is and says so once, also over a restart', async () => {
  const { world, controller } = await unsealedWorld('report');
  const edited = await editSecret(world, { password: CANARY });
  expect(await drifted(world, 'True')).toMatch(/^changed by "kubectl-edit" at .*: key "password" changed$/);
  await eventually(async () => expect(await eventsOf(world, 'SecretDrifted')).toHaveLength(1));
  await controller.stop();
  const before = await world.sealed();
  const again = await world.startAlone();
  await untilQuiet(world);
  expect((await world.secret())?.metadata.resourceVersion).toBe(edited.metadata.resourceVersion);
  expect((await world.sealed()).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  expect(await again.metric('signet_unseal_decryptions_total{reason="Unsealed"}')).toBe(1);
  expect(await eventsOf(world, 'SecretDrifted')).toHaveLength(1);
  expect(JSON.stringify([await world.events(), await world.sealed(), controller.logs, again.logs])).not.toContain(
    CANARY,
  );
});

test('what was reported is repaired as soon as that is asked for', async () => {
  const { world } = await unsealedWorld('report');
  await editSecret(world, { password: CANARY });
  await drifted(world, 'True');
  await annotate(world, 'repair');
  await world.untilValues({ password: 'p', user: 'u' });
  expect(await drifted(world, 'False')).toBe('');
});

test('a new generation is written over a reported edit', async () => {
  const { world } = await unsealedWorld('report');
  await editSecret(world, { password: CANARY });
  await drifted(world, 'True');
  const { spec } = await world.seal({ password: 'new' });
  await world.client.mergePatch(SEALED_SECRETS, reference(world), {
    spec: { ...spec, encryptedData: { ...spec.encryptedData, user: null } },
  });
  await world.untilValues({ password: 'new' });
  await drifted(world, 'False');
});

test('a Secret that is deleted under report is made again', async () => {
  const { world } = await unsealedWorld('report');
  await world.client.delete(SECRETS, reference(world));
  await world.untilValues({ password: 'p', user: 'u' });
});

test('ignore looks at neither an edit nor a deletion before the SealedSecret changes', async () => {
  const { world } = await unsealedWorld('ignore');
  const edited = await editSecret(world, { password: CANARY });
  await untilQuiet(world);
  expect((await world.secret())?.metadata.resourceVersion).toBe(edited.metadata.resourceVersion);
  await world.client.delete(SECRETS, reference(world));
  await untilQuiet(world, 'second-marker');
  expect(await world.secret()).toBeNull();
  const { spec } = await world.seal({ password: 'new', user: 'n' });
  await world.client.mergePatch(SEALED_SECRETS, reference(world), { spec });
  await world.untilValues({ password: 'new', user: 'n' });
});

test('an unknown mode counts as repair, and is told', async () => {
  const { world } = await unsealedWorld('Repotr');
  await eventually(async () => expect(await eventsOf(world, 'DriftModeUnknown')).toHaveLength(1));
  await editSecret(world, { password: CANARY });
  await world.untilValues({ password: 'p', user: 'u' });
});
