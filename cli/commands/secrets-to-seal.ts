/**
 * @module From manifests to Secrets that can be sealed: which documents are meant, what `--name`, `-n` and the kubeconfig
 * add to them, and everything that is wrong with any of them.
 */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import type { CodedError } from '../../shared/errors/coded-error.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { type CheckedSecret, checkSecret } from '../../shared/sealing/check-secret.ts';
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

/** The Secrets that were found, every fault, and what the user should know if there is none. */
export interface SecretsToSeal {
  readonly secrets: readonly SecretToSeal[];
  readonly errors: readonly CodedError[];
  readonly notes: readonly string[];
  /** What is probably a mistake in them. */
  readonly findings: readonly LocatedFinding[];
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

interface Found extends SecretsToSeal {
  readonly secrets: SecretToSeal[];
  readonly errors: CodedError[];
  readonly notes: string[];
  readonly findings: LocatedFinding[];
}

interface Circumstances {
  readonly choice: SecretChoice;
  readonly fallback: ContextNamespace | null;
  readonly now: Date;
}

const SEAL: Verdict = { kind: 'seal' };
const KEEP: Verdict = { kind: 'keep' };

/** Every Secret of `files` that is to be sealed at `now`. Throws only what `contextNamespace` throws. */
export async function collectSecrets(
  files: readonly ManifestFile[],
  choice: SecretChoice,
  { now, contextNamespace }: { readonly now: Date; readonly contextNamespace: NamespaceSource },
): Promise<SecretsToSeal> {
  const judged = files.flatMap((file) => (choice.inPlace === true ? judgeInPlace(file, choice) : judge(file)));
  const meant = judged.filter(({ verdict }) => verdict.kind === 'seal');
  const isUnnamed = meant.some(({ source }) => lacksNamespace(source.value, choice));
  const fallback = isUnnamed ? await contextNamespace() : null;
  const found: Found = { secrets: [], errors: [], notes: [], findings: [] };
  if (choice.name !== undefined && meant.length > 1) found.errors.push(oneNameForMany(choice.name, meant.length));
  for (const one of judged) await settle(one, { choice, fallback, now }, found);
  return found;
}

async function settle(
  { source, verdict }: Judged,
  { choice, fallback, now }: Circumstances,
  found: Found,
): Promise<void> {
  if (verdict.kind === 'refuse') found.errors.push(verdict.error);
  if (verdict.kind === 'keep' && verdict.note !== undefined) found.notes.push(verdict.note);
  if (verdict.kind !== 'seal') return;
  const { value, note } = withChoice(source, choice, fallback);
  const { faults, checked } = check(source, value, choice);
  found.errors.push(...faults);
  if (checked !== null) {
    const { type, annotations, plaintexts: values } = checked;
    found.findings.push(...locateFindings(source, await lintSecret({ type, annotations, values }, now)));
    for (const plaintext of values.values()) plaintext.wipe();
  }
  if (faults.length === 0) found.secrets.push({ source, secret: value as Secret });
  if (note !== undefined) found.notes.push(note);
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
  if (choice.allowEmptyData === true || hasData(source.value)) return SEAL;
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

function hasData(value: unknown): boolean {
  const { data, stringData } = fieldsOf(value);
  return [data, stringData].some((map) => map !== undefined && map !== null && Object.keys(fieldsOf(map)).length !== 0);
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
