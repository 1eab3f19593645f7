/** @module The controller that kubeseal's flags mean, behind the API server's service proxy. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import type { Cluster } from '../connect/cluster.ts';
import { SEALED_SECRETS_SERVICES, SIGNET_SERVICES } from '../connect/controller-places.ts';
import {
  type ControllerPlace,
  type ControllerService,
  findServicePort,
  readServiceCertificate,
  type ServicePort,
} from '../connect/controller-service.ts';
import type { Session } from '../terminal/session.ts';
import { KubesealError } from './errors.ts';
import type { ClusterFlags } from './kubeseal-flags.ts';

/** Where a controller is when the user did not say where; kubeseal's own default first. */
const PLACES = [...SEALED_SECRETS_SERVICES, ...SIGNET_SERVICES.toReversed()];

/**
 * The Service that the user named, else the first that is there, else the first that may be there and may not be looked for.
 * @throws KubesealError `KUBESEAL_NO_CLUSTER`
 */
export async function findController(
  session: Session,
  cluster: Cluster,
  flags: ClusterFlags,
): Promise<ControllerService> {
  const { controllerName: name = 'sealed-secrets-controller', controllerNamespace: namespace = 'kube-system' } = flags;
  const isOpen = flags.controllerName === undefined && flags.controllerNamespace === undefined;
  let found: ControllerService | null = null;
  for (const place of isOpen ? PLACES : [{ namespace, name }]) {
    const port = await portOf(cluster, place);
    if (port.kind === 'absent') continue;
    if (port.kind === 'found' || found === null) found = { ...place, port: port.name };
    if (port.kind === 'found') break;
  }
  if (found === null) throw noService(`services "${name}" not found`);
  session.report.note(`using Service ${found.name} in ${found.namespace} of ${cluster.description}`);
  return found;
}

/** The controller's certificates, PEM as they came. @throws KubesealError `KUBESEAL_NO_CLUSTER`; KubeError */
export async function fetchControllerPem(session: Session, cluster: Cluster, flags: ClusterFlags): Promise<string> {
  return fetchPemOf(cluster, await findController(session, cluster, flags));
}

/** The certificates of a controller that was found, PEM as they came. @throws KubesealError `KUBESEAL_NO_CLUSTER`; KubeError */
export async function fetchPemOf(cluster: Cluster, controller: ControllerService): Promise<string> {
  const answer = await readServiceCertificate(cluster, controller);
  if (answer.kind === 'found') return answer.pem;
  throw new KubesealError('KUBESEAL_NO_CLUSTER', `cannot fetch certificate: ${answer.reason}`);
}

async function portOf(cluster: Cluster, place: ControllerPlace): Promise<ServicePort> {
  try {
    return await findServicePort(cluster, place);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new KubesealError('KUBESEAL_NO_CLUSTER', 'cannot get sealed secret service', { cause: error });
  }
}

function noService(reason: string): KubesealError {
  const advice =
    'Please, use the flag --controller-name and --controller-namespace to set up the name and namespace of the sealed secrets controller';
  return new KubesealError('KUBESEAL_NO_CLUSTER', `cannot get sealed secret service: ${reason}.\n${advice}`);
}
