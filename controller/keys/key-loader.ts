/** @module Opens key Secrets. One that cannot be opened is a finding about that Secret and stops nothing else. */
import { encodePem, parsePemBlocks } from '../../shared/certificate/pem.ts';
import { readCertificateOfAnySize } from '../../shared/certificate/read-certificate.ts';
import { shortenText } from '../../shared/encoding/shorten-text.ts';
import { describeError } from '../../shared/errors/describe-error.ts';
import { KEY_LABEL_ACTIVE, KEY_LABEL_RETIRED } from '../../shared/resources/names.ts';
import { importSealingKey } from '../../shared/sealing/keyring.ts';
import { type KeySecret, readCertificateText, readKeyMaterial } from './key-secret.ts';
import type { LoadResult } from './loaded-key.ts';

/** Enough for every problem that we tell of; labels of PEM blocks, which are quoted, could make one endless. */
const MAX_PROBLEM = 300;
/** Certificates are public: a copy would name any key as retired, the ones in use included. */
const NOT_OUR_CERTIFICATE = 'it came out of a SealedSecret, whose author chose the certificate';

/** Loads key Secrets, and each revision of one only once. */
export class KeyLoader {
  readonly #lanes: number;
  #known = new Map<string, LoadResult>();

  /** `lanes`: how many values a key opens at once. */
  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  /**
   * The result for each of `secrets`, in their order; results of Secrets that are not among them are forgotten. Of a
   * retired one only the certificate is read.
   */
  async load(secrets: readonly KeySecret[]): Promise<readonly LoadResult[]> {
    const results = await Promise.all(
      secrets.map(async (secret) => this.#known.get(secret.revision) ?? (await this.#loadOne(secret))),
    );
    this.#known = new Map(results.map((result) => [result.secret.revision, result]));
    return results;
  }

  async #loadOne(secret: KeySecret): Promise<LoadResult> {
    try {
      return await this.#tryToLoad(secret);
    } catch (error) {
      return { secret, problem: shortenText(describeError(error), MAX_PROBLEM) };
    }
  }

  async #tryToLoad(secret: KeySecret): Promise<LoadResult> {
    if (secret.isActive) return this.#loadPair(secret);
    if (secret.isRetired)
      return secret.isFromSealedSecret ? { secret, problem: NOT_OUR_CERTIFICATE } : readRetired(secret);
    const label = secret.label === undefined ? 'missing' : `"${secret.label}"`;
    const problem = `its key label is ${label}, expected "${KEY_LABEL_ACTIVE}" or "${KEY_LABEL_RETIRED}"`;
    return { secret, problem: shortenText(problem, MAX_PROBLEM) };
  }

  async #loadPair(secret: KeySecret): Promise<LoadResult> {
    const material = readKeyMaterial(secret.object);
    if ('problem' in material) return { secret, problem: material.problem };
    const key = await importSealingKey({ ...material, createdAt: secret.createdAt, lanes: this.#lanes });
    return { secret, key, chainPem: certificateChain(material.certificatePem) };
  }
}

/** The certificates of `pem`, and nothing else of it. */
function certificateChain(pem: string): string {
  const blocks = parsePemBlocks(pem, 'CERT_MALFORMED').filter((block) => block.label === 'CERTIFICATE');
  return blocks.map((block) => encodePem(block.label, block.bytes)).join('');
}

async function readRetired(secret: KeySecret): Promise<LoadResult> {
  const text = readCertificateText(secret.object);
  if ('problem' in text) return { secret, problem: text.problem };
  return { secret, certificate: await readCertificateOfAnySize(text.text) };
}
