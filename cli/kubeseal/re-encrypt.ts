/**
 * @module `--re-encrypt`: has the controller encrypt the items of SealedSecrets to its newest key. Only the items are taken from
 * its answer, since sealed-secrets' controller drops what is not in the Secret.
 */
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import type { Cluster } from '../connect/cluster.ts';
import type { FoundController } from '../connect/find-controller.ts';
import { rotateItems } from '../connect/rotate-items.ts';
import type { ManifestFile } from '../manifests/manifest-files.ts';
import { describeObject } from '../manifests/manifest-objects.ts';
import type { Session } from '../terminal/session.ts';
import { receiptFor } from './carry-receipt.ts';
import { withKubesealCluster } from './cluster-access.ts';
import { inputError, refusal } from './errors.ts';
import { fetchPemOf, findController } from './find-controller.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { formatOf, objectsText } from './object-text.ts';
import { type InputObject, inputObjectsOf, readInputManifest } from './read-input.ts';
import { asSealedSecret, changedObject, changeText, expectSealedSecrets, type SealedChange } from './sealed-object.ts';
import { rewriteFile, writeOutput } from './write-output.ts';

/** Encrypts all of them anew, and writes nothing unless all succeed. @throws CodedError of whatever refuses */
export async function reEncrypt(session: Session, flags: KubesealFlags): Promise<void> {
  const { input, changes } = await withKubesealCluster(session, flags.cluster, async (cluster) => {
    const controller = await findSealer(session, cluster, flags);
    const read = await readInputManifest(session, flags);
    const objects = expectSealedSecrets(inputObjectsOf(read)).map(withItems);
    return { input: read, changes: await rotateAll(session, { cluster, controller, objects }) };
  });
  if (flags.sealedSecretFile !== '' || flags.secretFile === '') {
    const format = formatOf(flags.format, flags.sealedSecretFile);
    return writeOutput(session, objectsText(changes.map(changedObject), format), flags.sealedSecretFile);
  }
  await rewriteFile(session, input, textInPlace(session, { input, changes, flags }));
}

/** Without `-w` the file itself is changed, in its own form unless `-o` asks for the other one. */
function textInPlace(
  session: Session,
  result: { readonly input: ManifestFile; readonly changes: readonly SealedChange[]; readonly flags: KubesealFlags },
): string {
  const { input, changes, flags } = result;
  const isYamlFile = /\.ya?ml$/.test(flags.secretFile);
  const wanted = flags.format === undefined || isYamlFile ? null : formatOf(flags.format, '');
  const keepsForm = wanted === null || changes.every(({ source }) => source.document.format === wanted);
  return keepsForm ? changeText(session, input, changes) : objectsText(changes.map(changedObject), wanted);
}

interface Rotation {
  readonly cluster: Cluster;
  readonly controller: FoundController;
  readonly objects: readonly InputObject[];
}

async function rotateAll(
  { io }: Session,
  { cluster, controller, objects }: Rotation,
): Promise<readonly SealedChange[]> {
  const { certificate } = controller;
  const changes: SealedChange[] = [];
  for (const source of objects) {
    io.signal.throwIfAborted();
    const sealed = asSealedSecret(source);
    const names = new Set(Object.keys(sealed.spec.encryptedData));
    const answer = await rotateItems(cluster, controller, { sealed, names, sleep: (ms) => io.sleep(ms) });
    if (answer.kind !== 'rotated') {
      throw refusal('re-encrypt secret', answer.kind === 'refused' ? 'unable to rotate secret' : answer);
    }
    const items = Object.fromEntries(answer.values);
    const receipt = await receiptFor(sealed, items, certificate.fingerprint);
    changes.push({ source, items, labels: {}, annotations: {}, ...receipt });
  }
  return changes;
}

/** The controller with the certificate that it hands out. @throws KubesealError, CertificateError, KubeError */
async function findSealer(session: Session, cluster: Cluster, flags: KubesealFlags): Promise<FoundController> {
  const place = await findController(session, cluster, flags.cluster);
  const certificate = await readCertificate(await fetchPemOf(cluster, place));
  return { place, certificate, description: `Service ${place.name} in ${place.namespace}` };
}

/** Of the deprecated form there is nothing to encrypt item by item. */
function withItems(object: InputObject): InputObject {
  const { data, encryptedData } = fieldsOf(object.value['spec']);
  if (encryptedData !== undefined && encryptedData !== null && (data ?? '') === '') return object;
  throw inputError(
    `${object.place}: cannot re-encrypt ${describeObject(object.value)}: it has no spec.encryptedData`,
    'open it with --recovery-unseal, and seal it again',
  );
}
