import { expect, test } from 'vitest';
import { RefusedError } from '../../../../controller/git-syncs/sync-refusal.ts';
import { type GuardDeletionsInput, guardDeletions } from '../../../../controller/sync/guard-deletions.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import { type ObjectIdentity, objectKey } from '../../../../shared/resources/object-meta.ts';
import { Approvals } from '../../../../shared/sync-plan/approvals.ts';
import type { OwnedEntry } from '../../../../shared/sync-plan/inventory.ts';
import type { LiveLookup } from '../../../../shared/sync-plan/live-object.ts';

const identityOf = (kind: string, index: number): ObjectIdentity => ({
  group: '',
  kind,
  namespace: 'shop',
  name: `${kind.toLowerCase()}-${index}`,
});
const CONFIG_MAPS = Array.from({ length: 6 }, (_, index) => identityOf('ConfigMap', index));
const SERVICES = Array.from({ length: 6 }, (_, index) => identityOf('Service', index));

/** A GitSync that owns six ConfigMaps and six Services, and a commit that wants two of the ConfigMaps. */
function inputOf(areServicesReadable: boolean, maxDeletions?: string): GuardDeletionsInput {
  const owned = [...CONFIG_MAPS, ...SERVICES];
  const entryOf = (identity: ObjectIdentity): OwnedEntry => ({ ...identity, version: 'v1', state: 'applied' });
  const find = ({ kind, name }: ObjectIdentity): LiveLookup =>
    kind === 'Service' && !areServicesReadable
      ? 'unreadable'
      : ({ uid: `uid-${name}`, resourceVersion: '1', owner: 'shop/app', isTerminating: false } as LiveLookup);
  const wanted = new Map(
    CONFIG_MAPS.slice(0, 2).map((identity) => [
      objectKey(identity),
      { key: objectKey(identity), identity, object: { apiVersion: 'v1' } },
    ]),
  );
  const gitSync = {
    metadata: { namespace: 'shop', name: 'app' },
    spec: { prune: true, ...(maxDeletions !== undefined && { guard: { maxDeletions } }) },
  };
  const hub = { follow: async () => undefined, confirm: async () => undefined, find };
  const state = {
    owner: 'shop/app',
    request: { namespace: 'shop', name: 'app' },
    book: { entries: new Map(owned.map((identity) => [objectKey(identity), entryOf(identity)])) },
    reached: { hub, client: {} },
    kinds: {},
    approvals: new Approvals(),
  };
  const revision = { commit: 'c'.repeat(40), wanted, unplaced: [] };
  return {
    gitSync: gitSync as unknown as GitSync,
    state,
    revision,
    signal: new AbortController().signal,
    onApproved: () => undefined,
  } as unknown as GuardDeletionsInput;
}

async function refusalOf(input: GuardDeletionsInput): Promise<RefusedError['refusal'] | null> {
  const error = await guardDeletions({ controllerNamespace: 'signet-system' }, input).catch(
    (failure: unknown) => failure,
  );
  if (error === undefined) return null;
  if (error instanceof RefusedError) return error.refusal;
  throw error;
}

test('a commit that deletes too much is refused, and can be approved', async () => {
  expect(await refusalOf(inputOf(true))).toMatchObject({
    reason: 'TooManyDeletions',
    approval: { items: { length: 10 } },
  });
});

test('what cannot be looked at now counts as well: it would be deleted later, when nobody counts any more', async () => {
  const refusal = await refusalOf(inputOf(false));
  expect(refusal).toMatchObject({ reason: 'ClusterUnavailable', outlook: 'retry' });
  expect(refusal?.message).toContain('Service shop/service-0');
  expect(refusal?.approval).toBeUndefined();
});

test('a limit that allows all of it asks for no look', async () => {
  expect(await refusalOf(inputOf(false, '100%'))).toBeNull();
});
