/** @module The row of the keyring: what one value costs to open when the ring holds two years of monthly keys. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { importSealingKey, Keyring, type SealingKey } from '../../shared/sealing/keyring.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchRow, median, showMs } from './row.ts';
import { BENCH_ENVIRONMENT } from './whole-process.ts';

const KEYS = 24;
/** Items of the larger object; the smaller one has a single item, and the difference is what each further item costs. */
const ITEMS = 9;
const ROUNDS = 5;

interface Ring {
  readonly keys: readonly SealingKey[];
  /** PEM of each private key, in the same order. */
  readonly privatePems: readonly string[];
}

/** One object of each size for every key of the ring. */
interface Samples {
  readonly small: readonly SealedSecret[];
  readonly large: readonly SealedSecret[];
}

/** Opens objects sealed to each of the keys in turn, with a ring of all keys and with a ring of only theirs. */
export async function benchKeyring(context: BenchContext): Promise<readonly BenchRow[]> {
  context.report(`keyring: making ${KEYS} keys`);
  const ring = await makeRing();
  const withReceipt = await makeSamples(ring, { receipt: true });
  const without = await makeSamples(ring, { receipt: false });
  const all = new Keyring(ring.keys);
  const aloneMs = await perFurtherItem(without, (at) => new Keyring(ring.keys.slice(at, at + 1)));
  const hintedMs = await perFurtherItem(withReceipt, () => all);
  const unhintedMs = await perFurtherItem(without, () => all);
  const firstAloneMs = await perObject(without.small, (at) => new Keyring(ring.keys.slice(at, at + 1)));
  const firstHintedMs = await perObject(withReceipt.small, () => all);
  const peerMs = context.kubeseal ? await peerPerFurtherItem(context, context.kubeseal, ring, without) : Number.NaN;
  const times = (ms: number, base: number) => (ms / base).toFixed(2);
  return [
    {
      what: `open a value with ${KEYS} RSA-4096 keys in the ring`,
      ours: `${hintedMs.toFixed(1)} ms with receipt, ${unhintedMs.toFixed(1)} ms without after the first item; one key ${aloneMs.toFixed(1)} ms`,
      peer: context.kubeseal ? `kubeseal --recovery-unseal ${showMs(peerMs)}` : context.withoutGo,
      ratio: `${times(hintedMs, aloneMs)} and ${times(unhintedMs, aloneMs)} times one key; first item with receipt ${times(firstHintedMs, firstAloneMs)} times`,
      goal: 'within 1.2 times of one key',
    },
  ];
}

async function makeRing(): Promise<Ring> {
  const privatePems: string[] = [];
  const keys: SealingKey[] = [];
  for (let index = 0; index < KEYS; index += 1) {
    const now = new Date(Date.UTC(2024, index, 1));
    const issued = await issueSealingKey({ bits: 4_096, validForMs: 20 * 365 * 86_400_000, now });
    privatePems.push(issued.privateKeyPem);
    keys.push(await importSealingKey({ ...issued, createdAt: now }));
  }
  return { keys, privatePems };
}

async function makeSamples({ keys }: Ring, options: { readonly receipt: boolean }): Promise<Samples> {
  const seal = (items: number) =>
    Promise.all(keys.map(({ certificate }) => sealSecret(sampleSecret(items), { certificate, ...options })));
  return { small: await seal(1), large: await seal(ITEMS) };
}

function sampleSecret(items: number) {
  const entries = Array.from({ length: items }, (_, index) => [`item-${index}`, `not-a-secret-${index}`]);
  return {
    apiVersion: 'v1' as const,
    kind: 'Secret' as const,
    metadata: { name: 'bench', namespace: 'bench' },
    stringData: Object.fromEntries(entries),
  };
}

/** Milliseconds for each item beyond the first, one object at a time. */
async function perFurtherItem(samples: Samples, ringFor: (at: number) => Keyring): Promise<number> {
  const largeMs = await perObject(samples.large, ringFor);
  const smallMs = await perObject(samples.small, ringFor);
  return (largeMs - smallMs) / (ITEMS - 1);
}

async function perObject(objects: readonly SealedSecret[], ringFor: (at: number) => Keyring): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    for (const [at, object] of objects.entries()) await unsealSecret(object, ringFor(at));
    rounds.push((performance.now() - startedAt) / objects.length);
  }
  return median(rounds);
}

/** The same of kubeseal, which tries its keys for each item. */
async function peerPerFurtherItem(
  context: BenchContext,
  kubeseal: string,
  ring: Ring,
  samples: Samples,
): Promise<number> {
  const keyFiles = ring.privatePems.map((_pem, at) => path.join(context.folder, `ring-key-${at}.pem`));
  await Promise.all(ring.privatePems.map((pem, at) => writeFile(keyFiles[at] ?? '', pem, { mode: 0o600 })));
  const middle = Math.floor(KEYS / 2);
  const sizes = [samples.small[middle], samples.large[middle]];
  const [smallMs = Number.NaN, largeMs = Number.NaN] = await Promise.all(
    sizes.map(async (object, index) => {
      const file = path.join(context.folder, `ring-${index}.yaml`);
      await writeFile(file, stringifyYaml(object));
      return file;
    }),
  ).then((files) => files.map((file) => timePeer(kubeseal, file, keyFiles)));
  return (largeMs - smallMs) / (ITEMS - 1);
}

function timePeer(kubeseal: string, file: string, keyFiles: readonly string[]): number {
  const args = ['--recovery-unseal', ...keyFiles.flatMap((key) => ['--recovery-private-key', key]), '-f', file];
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    execFileSync(kubeseal, args, { env: BENCH_ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
    return performance.now() - startedAt;
  });
  return median(rounds);
}
