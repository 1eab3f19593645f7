import { expect, test } from 'vitest';
import { createMetrics } from '../../../../controller/metrics/registry.ts';
import type { KeyList, SealingKeyEntry } from '../../../../shared/resources/key-list.ts';

const ENTRY: SealingKeyEntry = {
  fingerprint: 'SHA256:a',
  state: 'active',
  secret: 's',
  createdAt: '2026-01-01T00:00:00Z',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-01-01T00:00:00Z',
};
const LIST: KeyList = { keys: [ENTRY], unusable: [], certificatesPem: '' };

async function linesAfter(...lists: readonly KeyList[]): Promise<readonly string[]> {
  const metrics = createMetrics('v0');
  for (const list of lists) metrics.keys.listed(list);
  const names = /^signet_(sealing_key_|unopened_|active_key_)/;
  return (await metrics.text()).split('\n').filter((line) => names.test(line));
}

test('each key has its dates, and counts as soon as they are known', async () => {
  expect(await linesAfter(LIST)).toEqual([
    'signet_sealing_key_not_after_seconds{fingerprint="SHA256:a"} 1798761600',
    'signet_sealing_key_created_seconds{fingerprint="SHA256:a"} 1767225600',
    'signet_active_key_backed_up 0',
  ]);
  const counted = await linesAfter({
    ...LIST,
    keys: [
      { ...ENTRY, objects: 3 },
      { ...ENTRY, fingerprint: 'SHA256:r', state: 'retired', objects: 0 },
    ],
    unusable: [
      { secret: 'u', problem: 'p' },
      { secret: 'v', problem: 'p', fingerprint: 'SHA256:u', objects: 1 },
    ],
    missing: [{ fingerprint: 'SHA256:m', objects: 2 }],
    unopened: 4,
  });
  expect(counted.filter((line) => line.startsWith('signet_sealing_key_objects'))).toEqual([
    'signet_sealing_key_objects{fingerprint="SHA256:a",state="active"} 3',
    'signet_sealing_key_objects{fingerprint="SHA256:r",state="retired"} 0',
    'signet_sealing_key_objects{fingerprint="SHA256:u",state="unusable"} 1',
    'signet_sealing_key_objects{fingerprint="SHA256:m",state="missing"} 2',
  ]);
  expect(counted).toContain('signet_unopened_sealed_secrets 4');
});

test('series of keys that go, and counts that are no longer known, are dropped', async () => {
  const before = { ...LIST, keys: [{ ...ENTRY, objects: 1 }], unopened: 1 };
  expect(await linesAfter(before, { ...LIST, keys: [] })).toEqual(['signet_active_key_backed_up 0']);
});

test('a key that changes its state has one series', async () => {
  const lines = await linesAfter(
    { ...LIST, keys: [{ ...ENTRY, objects: 1 }] },
    { ...LIST, keys: [{ ...ENTRY, state: 'decrypt-only', objects: 1 }] },
  );
  expect(lines.filter((line) => line.startsWith('signet_sealing_key_objects'))).toEqual([
    'signet_sealing_key_objects{fingerprint="SHA256:a",state="decrypt-only"} 1',
  ]);
});

test('only the active key counts for the backup', async () => {
  const backedUp = { ...ENTRY, backedUpAt: '2026-01-01T00:00:00Z' };
  expect(await linesAfter({ ...LIST, keys: [backedUp] })).toContain('signet_active_key_backed_up 1');
  const older = { ...backedUp, fingerprint: 'SHA256:o', state: 'decrypt-only' as const };
  expect(await linesAfter({ ...LIST, keys: [ENTRY, older] })).toContain('signet_active_key_backed_up 0');
});
