/** @module Seals new values into a SealedSecret that is there, for the place and scope that it has. `set` and `edit` end here. */
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { checkReceipt, describeFinding, isMove } from '../../shared/sealing/check-receipt.ts';
import { lintSecret } from '../../shared/sealing/lint-secret.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import { labelOf, placeOf, type SealedPlace } from '../../shared/sealing/scope.ts';
import { sealItems } from '../../shared/sealing/seal-items.ts';
import { type CertificateChoice, createCertificateFinder } from '../connect/sealing-certificate.ts';
import { describeObject } from '../manifests/manifest-objects.ts';
import { NOTHING_CHANGED, type SealedFile, writeSealedFile } from '../manifests/sealed-file.ts';
import { CliError } from '../terminal/errors.ts';
import { folderOf } from '../terminal/input-files.ts';
import type { Session } from '../terminal/session.ts';
import { type LintOptions, locateFindings, reportFindings } from './lint-report.ts';

/** What is sealed, where, and to what. */
export interface SealingTask extends LintOptions {
  readonly target: SealedFile;
  readonly place: SealedPlace;
  readonly certificate: SealingCertificate;
}

/** Changes of items; values are wiped. */
export interface ValueChange {
  readonly values: ReadonlyMap<string, SecretBytes>;
  readonly removed?: readonly string[];
}

/** The certificate for the folder of `target`. @throws as the finder does */
export function certificateFor(
  session: Session,
  { object }: SealedFile,
  choice: CertificateChoice,
): Promise<SealingCertificate> {
  return createCertificateFinder(session, choice)(folderOf(object.file.input, session.io.cwd));
}

/**
 * The place that new values of `target` are sealed for. `namespace` is for an object that names none.
 * @throws CliError `CLI_NAMESPACE_MISMATCH`, `CLI_NAMESPACE_MISSING`
 */
export function placeIn({ sealed, object, title }: SealedFile, namespace: string | undefined): SealedPlace {
  const own = placeOf(sealed);
  if (namespace !== undefined && own.namespace !== '' && namespace !== own.namespace) {
    const problem = `cannot seal for namespace "${namespace}": metadata.namespace says "${own.namespace}"`;
    throw new CliError('CLI_NAMESPACE_MISMATCH', `${object.place}: ${problem}`, {
      hint: 'leave out -n, or correct the file',
    });
  }
  if (own.scope === 'cluster-wide' || own.namespace !== '') return own;
  if (namespace === undefined) {
    throw new CliError('CLI_NAMESPACE_MISSING', `cannot seal for ${title}: it names no namespace`, {
      hint: 'name with -n the namespace that its other values were sealed for, or write it into the file',
    });
  }
  return { ...own, namespace, label: labelOf(own.scope, namespace, own.name) };
}

/** What messages add to the name of an object whose values open in more than one place. */
export function scopeRemark({ scope }: SealedPlace): string {
  return scope === 'strict' ? '' : ` (${scope})`;
}

/** Checks, seals and writes. @throws CliError, CertificateError, SeveralErrors of LintError with `strict` */
export async function sealIntoFile(session: Session, task: SealingTask, change: ValueChange): Promise<void> {
  const { target, place, certificate, strict } = task;
  const { values, removed = [] } = change;
  try {
    const findings = await lintSecret(subjectOf(target, change), session.io.now());
    reportFindings(session.report, locateFindings(target.object, findings), {
      consequence: NOTHING_CHANGED,
      ...(strict === undefined ? {} : { strict }),
    });
    warnOfLiterals(session, target, values.keys());
    await warnOfMove(session, target);
    const sealed = await sealItems(certificate, place.label, values);
    await writeSealedFile(session, target, {
      removed,
      sealed: { fingerprint: certificate.fingerprint, values: sealed },
    });
  } finally {
    for (const value of values.values()) value.wipe();
  }
}

function subjectOf({ sealed, keys }: SealedFile, { values, removed = [] }: ValueChange) {
  const template = fieldsOf(fieldsOf(sealed.spec)['template']);
  const { type } = template;
  const annotations = Object.entries(fieldsOf(fieldsOf(template['metadata'])['annotations']));
  const texts = annotations.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const kept = keys.filter((key) => !removed.includes(key));
  return {
    type: typeof type === 'string' ? type : undefined,
    annotations: new Map(texts),
    values,
    otherKeys: [...kept, ...literalKeys(sealed)],
  };
}

/** An object that was moved has values that do not open, and the new one will. */
async function warnOfMove({ report }: Session, { sealed, object }: SealedFile): Promise<void> {
  const receipt = readReceipt(sealed.metadata);
  if (receipt === null) return;
  for (const finding of await checkReceipt(sealed, receipt)) {
    if (!isMove(finding)) continue;
    const subject = `${object.place}: ${describeObject(object.value)}`;
    report.warn(
      `${subject}: its other values are ${describeFinding(finding)}`,
      'they do not open there: seal them again',
    );
  }
}

/** A literal of the template goes over the value of the same key, and null removes it. */
function warnOfLiterals({ report }: Session, { sealed, object }: SealedFile, keys: Iterable<string>): void {
  const literals = new Set(literalKeys(sealed));
  for (const key of keys) {
    if (!literals.has(key)) continue;
    const subject = `${object.place}: ${describeObject(object.value)}`;
    report.warn(`${subject}: spec.template.data has ${JSON.stringify(key)}, too, which goes over the sealed value`);
  }
}

function literalKeys(sealed: SealedFile['sealed']): readonly string[] {
  return Object.keys(fieldsOf(fieldsOf(fieldsOf(sealed.spec)['template'])['data']));
}
