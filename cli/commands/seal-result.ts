/** @module Where `signet seal` puts what it sealed: into the files of the Secrets, or into one result. */
import { countOf } from '../../shared/encoding/count-of.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { ManifestFile } from '../manifests/manifest-files.ts';
import { replaceSecrets, type SecretReplacement } from '../manifests/replace-secrets.ts';
import { formatOf, type OutputOptions } from '../options/output-options.ts';
import { formatManifests } from '../output/manifests.ts';
import type { OutputBatch } from '../terminal/output-file.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** The Secrets of one file, sealed. */
export interface SealedInFile {
  readonly file: ManifestFile;
  readonly sealed: readonly SecretReplacement[];
}

/** Takes up file after file; nobody sees anything of it before it is written. One of `write` and `discard` comes last. */
export interface SealResult {
  add(file: SealedInFile): Promise<void>;
  write(): Promise<void>;
  discard(): Promise<void>;
}

/** All SealedSecrets together, on standard output or in the file of `-w`. */
export class OneResult implements SealResult {
  readonly #session: Session;
  readonly #options: OutputOptions;
  readonly #sealed: SealedSecret[] = [];

  constructor(session: Session, options: OutputOptions) {
    this.#session = session;
    this.#options = options;
  }

  async add({ sealed }: SealedInFile): Promise<void> {
    this.#sealed.push(...sealed.map((one) => one.sealed));
  }

  async write(): Promise<void> {
    const text = formatManifests(this.#sealed, formatOf(this.#options));
    await writeResult(this.#session, { text, file: this.#options.write, access: 'public' });
  }

  async discard(): Promise<void> {
    this.#sealed.length = 0;
  }
}

/** Each SealedSecret in the place of its Secret. Every file is on the disk before the first one is replaced. */
export class FilesInPlace implements SealResult {
  readonly #session: Session;
  #batch: OutputBatch | null = null;
  #files = 0;
  #secrets = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  async add({ file, sealed }: SealedInFile): Promise<void> {
    const { name, path, bytes } = file.input;
    if (sealed.length === 0 || path === undefined) return;
    this.#files += 1;
    this.#secrets += sealed.length;
    this.#batch ??= await this.#open();
    await this.#batch.stage({ name, path, content: replaceSecrets(file, sealed), access: 'public', readAs: bytes });
  }

  async write(): Promise<void> {
    await this.#batch?.commit();
    const secrets = countOf(this.#secrets, 'Secret');
    this.#session.report.note(
      this.#secrets === 0 ? 'found no Secret to seal' : `sealed ${secrets} in ${countOf(this.#files, 'file')}`,
    );
  }

  async discard(): Promise<void> {
    await this.#batch?.discard();
  }

  async #open(): Promise<OutputBatch> {
    const { OutputBatch } = await import('../terminal/output-file.ts');
    return new OutputBatch(this.#session.io.signal);
  }
}
