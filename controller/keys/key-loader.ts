/** @module Opens key Secrets. One that cannot be opened is a finding about that Secret and stops nothing else. */
import { describeError } from '../../shared/errors/describe-error.ts';
import { importSealingKey } from '../../shared/sealing/keyring.ts';
import { type KeySecret, readKeyMaterial } from './key-secret.ts';
import { certificateChain, type LoadedKey } from './key-snapshot.ts';

/** A key Secret that cannot be loaded. */
export interface UnloadableKey {
  readonly secret: KeySecret;
  readonly problem: string;
}

/** What loading one key Secret came to. */
export type LoadResult = LoadedKey | UnloadableKey;

/** Loads key Secrets, and each revision of one only once. */
export class KeyLoader {
  readonly #lanes: number;
  #known = new Map<string, LoadResult>();

  /** `lanes`: how many values a key opens at once. */
  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  /** The result for each of `secrets`, in their order; results of Secrets that are not among them are forgotten. */
  async load(secrets: readonly KeySecret[]): Promise<readonly LoadResult[]> {
    const results = await Promise.all(
      secrets.map(async (secret) => this.#known.get(secret.revision) ?? (await this.#loadOne(secret))),
    );
    this.#known = new Map(results.map((result) => [result.secret.revision, result]));
    return results;
  }

  async #loadOne(secret: KeySecret): Promise<LoadResult> {
    const material = readKeyMaterial(secret.object);
    if ('problem' in material) return { secret, problem: material.problem };
    try {
      const key = await importSealingKey({ ...material, createdAt: secret.createdAt, lanes: this.#lanes });
      return { secret, key, chainPem: certificateChain(material.certificatePem) };
    } catch (error) {
      return { secret, problem: describeError(error) };
    }
  }
}
