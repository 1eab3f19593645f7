/**
 * @module From manifests to Secrets that can be sealed: which documents are meant, what `--name`, `-n` and the kubeconfig
 * add to them, and everything that is wrong with any of them.
 */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import type { CodedError } from '../../shared/errors/coded-error.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { type CheckedSecret, checkSecret, holdsNothing } from '../../shared/sealing/check-secret.ts';
import { SealingError, SealRefusedError } from '../../shared/sealing/errors.ts';
import { lintSecret } from '../../shared/sealing/lint-secret.ts';
import { type Scope, scopeOf } from '../../shared/sealing/scope.ts';
import type { ContextNamespace } from '../connect/context-namespace.ts';
import type { ManifestFile } from '../manifests/manifest-files.ts';
import {
  describeObject,
  isList,
  isSealedSecret,
  isSecret,
  type ManifestObject,
  objectsOf,
} from '../manifests/manifest-objects.ts';
import { CliError, LocatedError, usageError } from '../terminal/errors.ts';
import { type LocatedFinding, locateFindings } from './lint-report.ts';

/** How the user wants Secrets to be sealed. */
export interface SecretChoice {
  readonly name?: string;
  readonly namespace?: string;
  readonly scope?: Scope;
  readonly allowEmptyData?: boolean;
  readonly inPlace?: boolean;
}

/** A Secret that has been checked, and where it stands. */
export interface SecretToSeal {
  readonly source: ManifestObject;
  readonly secret: Secret;
}

/** Looks up the namespace for objects that name none; called at most once. */
export type NamespaceSource = () => Promise<ContextNamespace | null>;

/** What is to become of one object. */
type Verdict =
  | { readonly kind: 'seal' }
  | { readonly kind: 'keep'; readonly note?: string }
  | { readonly kind: 'refuse'; readonly error: CodedError };

interface Judged {
  readonly source: ManifestObject;
  readonly verdict: Verdict;
}

/** What choices are judged by. */
export interface Circumstances {
  readonly now: Date;
  readonly contextNamespace: NamespaceSource;
}

const SEAL: Verdict = { kind: 'seal' };
const KEEP: Verdict = { kind: 'keep' };

/** Gathers the Secrets of files, and beside them all that is to be told. */
export class SecretCollector {
  readonly #choice: SecretChoice;
  readonly #circumstances: Circumstances;
  readonly #faults: CodedError[] = [];
  #fallback: Promise<ContextNamespace | null> | null = null;
  /** Secrets that are to be sealed, faulty ones included. */
  #meant = 0;
  /** What the user should know when there is no fault. */
  readonly notes: string[] = [];
  /** What is probably a mistake in the Secrets. */
  readonly findings: LocatedFinding[] = [];

  constructor(choice: SecretChoice, circumstances: Circumstances) {
    this.#choice = choice;
    this.#circumstances = circumstances;
  }

  /** Everything that is wrong with what was added. */
  get faults(): readonly CodedError[] {
    const { name } = this.#choice;
    return name === undefined || this.#meant < 2 ? this.#faults : [oneNameForMany(name, this.#meant), ...this.#faults];
  }

  /** The Secrets of `file` that are to be sealed and can be. Throws only what the lookup of the namespace throws. */
  async add(file: ManifestFile): Promise<readonly SecretToSeal[]> {
    const choice = this.#choice;
    const secrets: SecretToSeal[] = [];
    for (const one of choice.inPlace === true ? judgeInPlace(file, choice) : judge(file)) {
      const secret = await this.#settle(one);
      if (secret !== null) secrets.push(secret);
    }
    return secrets;
  }

  async #settle({ source, verdict }: Judged): Promise<SecretToSeal | null> {
    if (verdict.kind === 'refuse') this.#faults.push(verdict.error);
    if (verdict.kind === 'keep' && verdict.note !== undefined) this.notes.push(verdict.note);
    if (verdict.kind !== 'seal') return null;
    this.#meant += 1;
    const fallback = lacksNamespace(source.value, this.#choice) ? await this.#contextNamespace() : null;
    const { value, note } = withChoice(source, this.#choice, fallback);
    if (note !== undefined) this.notes.push(note);
    const { faults, checked } = check(source, value, this.#choice);
    this.#faults.push(...faults);
    if (checked !== null) await this.#lint(source, checked);
    return faults.length === 0 ? { source, secret: value as Secret } : null;
  }

  async #lint(source: ManifestObject, { type, annotations, plaintexts: values }: CheckedSecret): Promise<void> {
    const found = await lintSecret({ type, annotations, values }, this.#circumstances.now);
    this.findings.push(...locateFindings(source, found));
    for (const plaintext of values.values()) plaintext.wipe();
  }

  #contextNamespace(): Promise<ContextNamespace | null> {
    this.#fallback ??= this.#circumstances.contextNamespace();
    return this.#fallback;
  }
}

/** To a new place: everything that is given must be a Secret. */
function judge(file: ManifestFile): readonly Judged[] {
  return objectsOf(file).map((source) => ({
    source,
    verdict: isSecret(source.value) ? SEAL : { kind: 'refuse', error: wrongKind(source) },
  }));
}

/** In place: Secrets with data. The rest of the file is left alone, unless that would leave a Secret readable unnoticed. */
function judgeInPlace(file: ManifestFile, choice: SecretChoice): readonly Judged[] {
  const objects = objectsOf(file);
  const isForNothing = !objects.some(({ value }) => isSecret(value) || isSealedSecret(value));
  if (isForNothing && !file.input.isFromDirectory) return judge(file);
  return objects.map((source) => ({ source, verdict: judgeOneInPlace(source, choice) }));
}

function judgeOneInPlace(source: ManifestObject, choice: SecretChoice): Verdict {
  if (!isSecret(source.value)) return KEEP;
  if (isList(source.document.value)) return { kind: 'refuse', error: listInPlace(source) };
  if (choice.allowEmptyData === true || !holdsNothing(source.value)) return SEAL;
  return { kind: 'keep', note: `${source.place}: ${describeObject(source.value)} has no data and stays as it is` };
}

function oneNameForMany(name: string, amount: number): CliError {
  return usageError(`cannot give the name "${name}" to ${amount} Secrets`, 'seal them one by one');
}

function wrongKind({ place, value }: ManifestObject): CliError {
  const hint = isSealedSecret(value)
    ? 'it is sealed already'
    : 'only a v1 Secret can be sealed; with --in-place, other documents of a file with Secrets stay as they are';
  return new CliError('CLI_WRONG_KIND', `${place}: cannot seal ${describeObject(value)}: it is not a Secret`, { hint });
}

function listInPlace({ place, value }: ManifestObject): CliError {
  return new CliError(
    'CLI_LIST_IN_PLACE',
    `${place}: cannot seal ${describeObject(value)} in place: it is part of a List`,
    {
      hint: 'make it a document of its own, or seal the List to another file with -w',
    },
  );
}

function lacksNamespace(value: unknown, choice: SecretChoice): boolean {
  if (choice.namespace !== undefined || effectiveScope(value, choice) === 'cluster-wide') return false;
  return isAbsent(fieldsOf(fieldsOf(value)['metadata'])['namespace']);
}

function effectiveScope(value: unknown, choice: SecretChoice): Scope {
  if (choice.scope !== undefined) return choice.scope;
  const annotations = fieldsOf(fieldsOf(fieldsOf(value)['metadata'])['annotations']);
  return scopeOf({ annotations: annotations as Record<string, string> });
}

/** The object with the name and namespace that the user or the kubeconfig says, as far as it lacks them. */
function withChoice(
  { place, value }: ManifestObject,
  choice: SecretChoice,
  fallback: ContextNamespace | null,
): { readonly value: unknown; readonly note?: string } {
  const metadata = fieldsOf(fieldsOf(value)['metadata']);
  const namespace = choice.namespace ?? (lacksNamespace(value, choice) ? fallback?.namespace : undefined);
  const isFilled = namespace !== undefined && isAbsent(metadata['namespace']);
  if (!isFilled && choice.name === undefined) return { value };
  const changed = {
    ...fieldsOf(value),
    metadata: {
      ...metadata,
      ...(choice.name === undefined ? {} : { name: choice.name }),
      ...(isFilled ? { namespace } : {}),
    },
  };
  if (!isFilled || choice.namespace !== undefined || fallback === null) return { value: changed };
  const note = `${place}: ${describeObject(value)} is sealed for namespace "${namespace}" of ${fallback.origin}`;
  return { value: changed, note };
}

/** What is wrong with an object, and what it holds unless that cannot be told. Whoever calls wipes the plaintexts. */
function check(
  source: ManifestObject,
  value: unknown,
  choice: SecretChoice,
): { readonly faults: readonly CodedError[]; readonly checked: CheckedSecret | null } {
  const faults: CodedError[] = [];
  const found = fieldsOf(fieldsOf(value)['metadata'])['namespace'];
  if (choice.namespace !== undefined && typeof found === 'string' && found !== choice.namespace) {
    faults.push(
      new CliError(
        'CLI_NAMESPACE_MISMATCH',
        `${source.place}: cannot seal ${describeObject(value)} for namespace "${choice.namespace}": metadata.namespace says "${found}"`,
        { hint: 'leave out -n, or correct the file' },
      ),
    );
  }
  try {
    const options = {
      allowEmpty: choice.allowEmptyData === true,
      ...(choice.scope === undefined ? {} : { scope: choice.scope }),
    };
    return { faults, checked: checkSecret(value, options) };
  } catch (error) {
    if (!(error instanceof SealRefusedError)) throw error;
    return { faults: [...faults, ...locateFaults(source.place, value, error)], checked: null };
  }
}

/** One error for each fault, so that each gets a line and a hint of its own. */
function locateFaults(place: string, value: unknown, error: SealRefusedError): readonly CodedError[] {
  return error.faults.map(({ code, message, hint }) => {
    const details = hint === undefined ? {} : { hint: code === 'SEAL_NO_NAMESPACE' ? NAMESPACE_HINT : hint };
    return new LocatedError(place, new SealingError(code, `cannot seal ${describeObject(value)}: ${message}`, details));
  });
}

const NAMESPACE_HINT = 'give the Secret a namespace, name one with -n, or seal it with --scope cluster-wide';

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
