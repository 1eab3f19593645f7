/**
 * @module Refuses to choose between two controllers. A cluster whose controller is in `kube-system` has no `signet-system`
 * unless somebody makes it, and whoever does must not decide what people seal to.
 */
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerChoice, namespacesOf, servicesOf } from './controller-places.ts';
import { type ControllerPlace, findServicePort, readServiceCertificate } from './controller-service.ts';

/** The controller that would be chosen. */
export interface Candidate {
  readonly namespace: string;
  /** What it hands out, the certificate to seal to first; empty when it has none. */
  readonly pem: string;
}

/**
 * Passes when no later place has a Service of a controller, or one that hands out the same certificate first.
 * @throws CliError `CLI_CONTROLLER_AMBIGUOUS`; KubeError
 */
export async function assertOnlyController(
  cluster: Cluster,
  choice: ControllerChoice,
  { namespace, pem }: Candidate,
): Promise<void> {
  const namespaces = namespacesOf(choice);
  const later = namespaces.slice(namespaces.indexOf(namespace) + 1);
  const places = servicesOf(choice).filter((place) => later.includes(place.namespace));
  const others = await Promise.all(places.map((place) => isAnother(cluster, place, pem)));
  assertOnePlace(cluster, [namespace, ...places.filter((_, at) => others[at]).map((place) => place.namespace)]);
}

/** Passes when `namespaces` are not several. @throws CliError `CLI_CONTROLLER_AMBIGUOUS` */
export function assertOnePlace(cluster: Cluster, namespaces: readonly string[]): void {
  const [first, ...others] = new Set(namespaces);
  if (others.length === 0) return;
  throw new CliError(
    'CLI_CONTROLLER_AMBIGUOUS',
    `cannot choose a controller in the cluster ${cluster.description}: there is one in ${first} and one in ${others.join(', ')}`,
    { hint: 'say which one is yours with --controller-namespace' },
  );
}

/** A Service that is there and does not answer counts: its controller may be down at this moment. */
async function isAnother(cluster: Cluster, place: ControllerPlace, pem: string): Promise<boolean> {
  const port = await findServicePort(cluster, place);
  if (port.kind === 'absent') return false;
  const answer = await readServiceCertificate(cluster, { ...place, port: port.name });
  return answer.kind === 'found' ? firstBlock(answer.pem) !== firstBlock(pem) : port.kind === 'found';
}

function firstBlock(pem: string): string {
  return (/-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(pem)?.[1] ?? pem).replace(/\s/g, '');
}
