/** @module Says once what people should know of the sealing keys: in the log, and beside the object where there is one. */
import type { MissingKeyEntry } from '../../shared/resources/key-list.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Logger } from '../logging/logger.ts';
import { confirmedBackup } from './backup-mark.ts';
import type { KeySecret } from './key-secret.ts';
import type { KeySnapshot } from './key-snapshot.ts';

/** A remark on an object that people should see beside it. */
export type ReportProblem = (regarding: KubeObject, reason: string, message: string) => void;

/** Remembers what was said of which object, so that looking again is not saying again. */
export class KeyReports {
  readonly #logger: Logger;
  readonly #report: ReportProblem;
  /** The last message by kind and name. */
  readonly #said = new Map<string, string>();
  readonly #unbacked = new Set<string>();
  #missing: ReadonlySet<string> = new Set();
  #problem: string | undefined;

  constructor(logger: Logger, report: ReportProblem) {
    this.#logger = logger;
    this.#report = report;
  }

  /** `message` about `object`, unless it was the last thing said of it. */
  onObject(object: KubeObject, reason: string, message: string): void {
    const key = keyOf(object);
    if (this.#said.get(key) === message) return;
    this.#said.set(key, message);
    this.#logger.warn({ object: key, reason }, message);
    this.#report(object, reason, message);
  }

  /** Each key Secret of `secrets` that cannot be used, and an active key without a confirmed backup. */
  onKeys(snapshot: KeySnapshot, secrets: readonly KeySecret[]): void {
    const problems = new Map(snapshot.unusable.map(({ secret, problem }) => [secret, problem]));
    for (const { name, object } of secrets) {
      const problem = problems.get(name);
      if (problem !== undefined) this.onObject(object, 'KeyUnusable', `cannot use this sealing key: ${problem}`);
    }
    this.#forgetOthers(secrets, problems);
    const { active } = snapshot;
    if (active === null || confirmedBackup(active.secret, active.key.fingerprint) !== undefined) return;
    const { fingerprint } = active.key;
    if (this.#unbacked.has(fingerprint)) return;
    this.#unbacked.add(fingerprint);
    this.#logger.warn(
      { fingerprint, secret: active.secret.name },
      'no backup of the active sealing key is confirmed: without one its loss is the loss of everything sealed to it',
    );
  }

  /** The keys that SealedSecrets need and that are gone; one that came back is news again, should it go once more. */
  onMissing(missing: readonly MissingKeyEntry[]): void {
    const gone = new Set(missing.map(({ fingerprint }) => fingerprint));
    for (const { fingerprint, objects } of missing) {
      if (this.#missing.has(fingerprint)) continue;
      this.#logger.warn(
        { fingerprint, objects },
        'SealedSecrets need a sealing key that is gone: bring its Secret back, for example with signet keys restore',
      );
    }
    this.#missing = gone;
  }

  /** Why nothing can be sealed; undefined: it can. */
  onProblem(problem: string | undefined): void {
    if (problem !== undefined && problem !== this.#problem) this.#logger.warn({}, problem);
    this.#problem = problem;
  }

  /** A Secret that was mended or is gone is news again, should it break once more. */
  #forgetOthers(secrets: readonly KeySecret[], problems: ReadonlyMap<string, string>): void {
    const broken = new Set(secrets.filter(({ name }) => problems.has(name)).map(({ object }) => keyOf(object)));
    for (const key of this.#said.keys()) if (key.startsWith('Secret/') && !broken.has(key)) this.#said.delete(key);
  }
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}
