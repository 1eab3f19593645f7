/** @module `--validate`: asks the controller whether it opens the SealedSecrets of the input. */
import { fieldsOf, textOf } from '../../shared/encoding/value-kind.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { verifySealedSecret } from '../connect/controller-service.ts';
import { throwIfAny } from '../terminal/errors.ts';
import type { Session } from '../terminal/session.ts';
import { withKubesealCluster } from './cluster-access.ts';
import { KubesealError, refusal } from './errors.ts';
import { findController } from './find-controller.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { type InputObject, inputObjectsOf, readInputManifest } from './read-input.ts';
import { asSealedSecret, expectSealedSecrets } from './sealed-object.ts';

/** Asks about every one of them, and writes nothing. @throws SeveralErrors with those that do not open; KubesealError, KubeError */
export async function validate(session: Session, flags: KubesealFlags): Promise<void> {
  await withKubesealCluster(session, flags.cluster, async (cluster) => {
    const controller = await findController(session, cluster, flags.cluster);
    const errors: CodedError[] = [];
    for (const object of await readObjects(session, flags)) {
      session.io.signal.throwIfAborted();
      const answer = await verifySealedSecret(cluster, controller, asSealedSecret(object));
      if (answer.kind === 'refused') {
        errors.push(refusal('validate sealed secret', `unable to decrypt sealed secret: ${nameOf(object)}`));
      } else if (answer.kind !== 'opens') throw refusal('validate sealed secret', answer);
    }
    throwIfAny(errors, 'not all of them open');
  });
}

async function readObjects(session: Session, flags: KubesealFlags): Promise<readonly InputObject[]> {
  const input = await readInputManifest(session, flags).catch((error: unknown) => {
    if (!(error instanceof CodedError) || error instanceof KubesealError) throw error;
    throw new KubesealError('KUBESEAL_INPUT_INVALID', 'unable to decrypt sealed secret', { cause: error });
  });
  return expectSealedSecrets(inputObjectsOf(input));
}

function nameOf({ value }: InputObject): string {
  const { name } = fieldsOf(value['metadata']);
  return textOf(name);
}
