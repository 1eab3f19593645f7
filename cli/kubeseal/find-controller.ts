/** @module The controller that kubeseal's flags mean, behind the API server's service proxy. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import type { Cluster } from '../connect/cluster.ts';
import { type ControllerPlace, findServicePort, readServiceCertificate } from '../connect/controller-service.ts';
import type { Session } from '../terminal/session.ts';
import { KubesealError } from './errors.ts';
import type { ClusterFlags } from './kubeseal-flags.ts';

/** A Service that exists. */
export interface ControllerService extends ControllerPlace {
  /** Name of its port; may be empty. */
  readonly port: string;
}

const DEFAULT_PLACE: ControllerPlace = { namespace: 'kube-system', name: 'sealed-secrets-controller' };
/** Where else a controller is when the user did not say where: under the name of sealed-secrets' Helm chart, or Signet's own. */
const OTHER_PLACES: readonly ControllerPlace[] = [
  { namespace: 'kube-system', name: 'sealed-secrets' },
  { namespace: 'signet-system', name: 'signet-controller' },
];

/** The Service that the user named, else the first that is there. @throws KubesealError `KUBESEAL_NO_CLUSTER` */
export async function findController(
  session: Session,
  cluster: Cluster,
  flags: ClusterFlags,
): Promise<ControllerService> {
  const { controllerName: name, controllerNamespace: namespace } = flags;
  const wanted = { namespace: namespace ?? DEFAULT_PLACE.namespace, name: name ?? DEFAULT_PLACE.name };
  const isOpen = name === undefined && namespace === undefined;
  for (const place of isOpen ? [wanted, ...OTHER_PLACES] : [wanted]) {
    const port = await portOf(cluster, place);
    if (port === null) continue;
    session.report.note(`using Service ${place.name} in ${place.namespace} of ${cluster.description}`);
    return { ...place, port };
  }
  throw noService(`services "${wanted.name}" not found`);
}

/** The controller's certificates, PEM as they came. @throws KubesealError `KUBESEAL_NO_CLUSTER` */
export async function fetchControllerPem(session: Session, cluster: Cluster, flags: ClusterFlags): Promise<string> {
  return fetchPemOf(cluster, await findController(session, cluster, flags));
}

/** The certificates of a controller that was found, PEM as they came. @throws KubesealError `KUBESEAL_NO_CLUSTER` */
export async function fetchPemOf(cluster: Cluster, controller: ControllerService): Promise<string> {
  const answer = await readServiceCertificate(cluster, controller, controller.port);
  if (answer.kind === 'found') return answer.pem;
  throw new KubesealError('KUBESEAL_NO_CLUSTER', `cannot fetch certificate: ${answer.reason}`);
}

async function portOf(cluster: Cluster, place: ControllerPlace): Promise<string | null> {
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
