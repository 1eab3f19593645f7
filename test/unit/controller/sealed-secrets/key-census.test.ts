import { expect, test } from 'vitest';
import { SEALED_SECRETS } from '../../../../shared/kube/resource-type.ts';
import { Keyring } from '../../../../shared/sealing/keyring.ts';
import { firstCertificate } from '../../../support/test-secrets.ts';
import { REQUEST, type UnsealBench, unsealedBench } from '../../../support/unseal-bench.ts';

/** A bench as an earlier version of the controller has left it: the record names no keys. */
async function upgradedBench(): Promise<UnsealBench> {
  const bench = await unsealedBench();
  const unsealed = { keys: null, keysProof: null };
  await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { status: { unsealed } });
  bench.restart();
  return bench;
}

const usageOf = (bench: UnsealBench) => {
  const usage = bench.usage.usage();
  return [Object.fromEntries(usage?.objects ?? []), usage?.unknown];
};

test('a record without keys is believed, counts as unknown, and is completed while there is nothing else to do', async () => {
  const bench = await upgradedBench();
  bench.usage.begin([REQUEST]);
  await bench.reconcile();
  expect([bench.decryptions, bench.census, usageOf(bench)]).toEqual([[], ['db'], [{}, 1]]);
  bench.isBusy = true;
  expect(await bench.takeCensus()).toBe('again');
  expect(bench.decryptions).toEqual([]);
  bench.isBusy = false;
  expect(await bench.takeCensus()).toBe('settled');
  expect([bench.decryptions, bench.events, usageOf(bench)]).toEqual([
    ['Unsealed'],
    [],
    [{ [firstCertificate.fingerprint]: 1 }, 0],
  ]);
  expect(await bench.takeCensus()).toBe('settled');
  expect(bench.decryptions).toEqual(['Unsealed']);
});

test('what a census found is known after a restart', async () => {
  const bench = await upgradedBench();
  await bench.reconcile();
  await bench.takeCensus();
  bench.restart();
  bench.usage.begin([REQUEST]);
  await bench.reconcile();
  expect([bench.decryptions, usageOf(bench)]).toEqual([[], [{ [firstCertificate.fingerprint]: 1 }, 0]]);
});

test('an object whose key is gone stays unknown, and stays unsealed', async () => {
  const bench = await upgradedBench();
  bench.keyring = new Keyring();
  bench.usage.begin([REQUEST]);
  await bench.reconcile();
  await bench.takeCensus();
  expect(usageOf(bench)).toEqual([{}, 1]);
  expect(await bench.ready()).toBe('Unsealed');
});

test('keys that somebody wrote into the status are not believed: the object is decrypted, and counted right', async () => {
  const bench = await unsealedBench();
  const unsealed = { keys: ['SHA256:forged'] };
  await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { status: { unsealed } });
  bench.restart();
  bench.usage.begin([REQUEST]);
  await bench.reconcile();
  expect([bench.decryptions, usageOf(bench)]).toEqual([['Unsealed'], [{ [firstCertificate.fingerprint]: 1 }, 0]]);
});
