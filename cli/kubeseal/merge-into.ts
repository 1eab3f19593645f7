/** @module `--merge-into`: seals the input's items for the SealedSecret of a file, and adds them to it. */
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { scopeOf, withoutScopeAnnotations } from '../../shared/sealing/scope.ts';
import { type ManifestFile, parseManifest } from '../manifests/manifest-files.ts';
import { FileChangedError } from '../terminal/file-claims.ts';
import type { Session } from '../terminal/session.ts';
import { receiptFor } from './carry-receipt.ts';
import { flagError, inputError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { formatOf, objectsText } from './object-text.ts';
import { readSealingCertificate } from './read-certificate.ts';
import { type InputObject, inputObjectsOf, readInputManifest, readNamedFile } from './read-input.ts';
import { sealAll } from './seal.ts';
import { asSealedSecret, changedObject, changeText, expectSealedSecrets, type SealedChange } from './sealed-object.ts';
import { fallbackNamespace, prepareSecrets } from './secrets-to-seal.ts';
import { rewriteFile } from './write-output.ts';

/** How often the items are merged anew into what others have written, and the wait before that, which grows. */
const MAX_ATTEMPTS = 30;
const PAUSE_MS = 5;

/**
 * Adds to the file. Its name, namespace and scope hold for the new items. It keeps its form and its comments, unless `-o` asks
 * for the other form.
 * @throws CodedError of whatever refuses; the file is then as it was
 */
export async function mergeInto(session: Session, flags: KubesealFlags): Promise<void> {
  if (flags.sealedSecretFile !== '') throw flagError('cannot use --sealed-secret-file together with --merge-into');
  const certificate = await readSealingCertificate(session, flags);
  let read: Promise<ManifestFile> | undefined;
  const input = (): Promise<ManifestFile> => {
    read ??= readInputManifest(session, flags);
    return read;
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await mergeOnce(session, flags, { certificate, input });
    } catch (error) {
      if (!(error instanceof FileChangedError) || attempt >= MAX_ATTEMPTS) throw error;
      await session.io.sleep(PAUSE_MS * attempt);
    }
  }
}

interface Merge {
  readonly certificate: SealingCertificate;
  readonly input: () => Promise<ManifestFile>;
}

async function mergeOnce(session: Session, flags: KubesealFlags, { certificate, input }: Merge): Promise<void> {
  const target = parseManifest(await readNamedFile(session.io, flags.mergeInto));
  const source = onlyObject(target);
  const secret = await readSecret(session, flags, { sealed: asSealedSecret(source), input });
  const change = await sealInto({ source, secret, certificate, allowEmptyData: flags.allowEmptyData });
  await rewriteFile(session, target, textAfter(session, { target, change, format: flags.format }));
}

function onlyObject(target: ManifestFile): InputObject {
  const [first, ...others] = expectSealedSecrets(inputObjectsOf(target));
  if (first === undefined || others.length > 0) {
    throw inputError(
      `cannot merge into ${target.input.name}: it holds ${others.length + 1} SealedSecrets, expected one`,
    );
  }
  return first;
}

/** The one Secret of the input, for the place of `sealed`. */
async function readSecret(
  session: Session,
  flags: KubesealFlags,
  { sealed, input }: { readonly sealed: SealedSecret } & Pick<Merge, 'input'>,
): Promise<Secret> {
  const { name = '', namespace = '' } = sealed.metadata ?? {};
  const scope = scopeOf(sealed.metadata ?? {});
  if (flags.scope !== undefined && flags.scope !== scope) {
    throw inputError(
      `cannot merge with --scope ${flags.scope}: ${flags.mergeInto} is ${scope}`,
      'items of one SealedSecret share its scope: leave out --scope, or seal the whole Secret anew',
    );
  }
  const rules = { allowEmptyData: flags.allowEmptyData, namespace: flags.namespace, scope, name };
  const objects = inputObjectsOf(await input()).map((object) => placedIn(object, namespace));
  const secrets = await prepareSecrets(objects, rules, fallbackNamespace(session, flags));
  const [secret, ...others] = secrets;
  if (secret === undefined || others.length > 0) {
    throw inputError(`cannot merge ${others.length + 1} Secrets into one SealedSecret`, 'merge them one by one');
  }
  return secret;
}

function placedIn(object: InputObject, namespace: string): InputObject {
  const metadata = fieldsOf(object.value['metadata']);
  return namespace === '' ? object : { ...object, value: { ...object.value, metadata: { ...metadata, namespace } } };
}

async function sealInto(merge: {
  readonly source: InputObject;
  readonly secret: Secret;
  readonly certificate: SealingCertificate;
  readonly allowEmptyData: boolean;
}): Promise<SealedChange> {
  const { source, secret, certificate, allowEmptyData } = merge;
  const target = asSealedSecret(source);
  const scope = scopeOf(target.metadata ?? {});
  const [sealed] = await sealAll([secret], { allowEmptyData, scope }, certificate);
  const items = sealed?.spec.encryptedData ?? {};
  const { labels = {}, annotations = {} } = sealed?.spec.template?.metadata ?? {};
  return {
    source,
    items,
    labels: { ...labels },
    // The scope is that of the file, which says so itself.
    annotations: withoutScopeAnnotations({ ...annotations }),
    ...(await receiptFor(target, items, certificate.fingerprint)),
  };
}

function textAfter(
  session: Session,
  result: { readonly target: ManifestFile; readonly change: SealedChange; readonly format: string | undefined },
): string {
  const { target, change, format } = result;
  const wanted = format === undefined || format === '' ? null : formatOf(format, '');
  if (wanted === null || wanted === change.source.document.format) return changeText(session, target, [change]);
  return objectsText([changedObject(change)], wanted);
}
