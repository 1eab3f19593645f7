import { expect, test } from 'vitest';
import type { KeyList, SealingKeyState } from '../../../../shared/resources/key-list.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { checkReceipts } from '../../../../shared/sync/receipt-preflight.ts';
import { type PlacedObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import { firstCertificate, sealedOf } from '../../../support/test-secrets.ts';

function listOf(state?: SealingKeyState): KeyList {
  const at = '2026-01-01T00:00:00Z';
  const key = { secret: 'k', createdAt: at, notBefore: at, notAfter: at };
  const keys = state === undefined ? [] : [{ ...key, fingerprint: firstCertificate.fingerprint, state }];
  return { keys, unusable: [], certificatesPem: '' };
}

async function placed(change: (sealed: SealedSecret) => SealedSecret = (sealed) => sealed): Promise<PlacedObject> {
  return toPlacedObject(change(await sealedOf({ a: 'x', b: 'y' })), { file: 'db.yaml', line: 1, document: 1 });
}

test('a key that is sealed to is fine, one of before is told, and others are refused with what mends them', async () => {
  const one = await placed();
  expect(await checkReceipts([one], listOf('active'))).toEqual({ failures: [], aging: [] });
  expect(await checkReceipts([one], listOf('decrypt-only'))).toMatchObject({
    failures: [],
    aging: [{ items: ['a', 'b'], fingerprint: firstCertificate.fingerprint }],
  });
  const retired = await checkReceipts([one], listOf('retired'));
  expect(retired.failures[0]?.message).toContain('(a, b)');
  expect(retired.failures[0]?.message).toContain('[SEALED_KEY_RETIRED]; seal the value again: "signet set db.yaml a"');
  const gone = await checkReceipts([one], listOf());
  expect(gone.failures[0]?.message).toContain('[SEALED_KEY_ELSEWHERE]');
});

test('what was sealed for another place is refused, and what has no receipt is not', async () => {
  const moved = await placed((sealed) => ({ ...sealed, metadata: { ...sealed.metadata, namespace: 'other' } }));
  const { failures } = await checkReceipts([moved], listOf('active'));
  expect(failures[0]?.message).toContain(
    'sealed for namespace "shop", the object is in "other" [SEALED_NAME_MISMATCH]',
  );
  const bare = await placed(
    ({ metadata: { name, namespace }, ...sealed }) => ({ ...sealed, metadata: { name, namespace } }) as SealedSecret,
  );
  expect(await checkReceipts([bare], listOf())).toEqual({ failures: [], aging: [] });
});
