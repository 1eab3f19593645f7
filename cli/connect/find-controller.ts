/** @module The controller that is asked to do something, as the Service that answers with its certificate. Either controller answers. */
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { CliError } from '../terminal/errors.ts';
import { locateErrors } from './certificate-text.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerChoice, servicesOf } from './controller-places.ts';
import { type ControllerService, findServicePort, readServiceCertificate } from './controller-service.ts';
import { assertOnlyController } from './only-controller.ts';

/** A controller that answers. */
export interface FoundController {
  readonly place: ControllerService;
  /** What it seals to. */
  readonly certificate: SealingCertificate;
  /** For messages: `Service signet-controller in signet-system of https://…`. */
  readonly description: string;
}

/** A Service that hands out certificates. */
export interface AnsweringService {
  readonly place: ControllerService;
  /** PEM as it came. */
  readonly pem: string;
  /** For messages: `Service signet-controller in signet-system`. */
  readonly origin: string;
}

/**
 * The chosen controller, or the first one that answers.
 * @throws CliError `CLI_CONTROLLER_NOT_FOUND` with every place that was tried, `CLI_CONTROLLER_AMBIGUOUS`; CertificateError; KubeError
 */
export async function findController(cluster: Cluster, choice: ControllerChoice): Promise<FoundController> {
  const misses: string[] = [];
  const service = await findAnsweringService(cluster, choice, misses);
  if (service === null) {
    throw new CliError(
      'CLI_CONTROLLER_NOT_FOUND',
      `cannot reach a controller in the cluster ${cluster.description}: ${misses.join('; ')}`,
      { hint: 'say where it is with --controller-namespace and --controller-name, or use --private-key' },
    );
  }
  const description = `${service.origin} of ${cluster.description}`;
  const certificate = await locateErrors(description, () => readCertificate(service.pem));
  return { place: service.place, certificate, description };
}

/**
 * The first Service that may be the chosen controller's and that answers; those before it are added to `misses`.
 * @throws CliError `CLI_CONTROLLER_AMBIGUOUS`; KubeError
 */
export async function findAnsweringService(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[],
): Promise<AnsweringService | null> {
  for (const service of servicesOf(choice)) {
    const { namespace, name } = service;
    const port = await findServicePort(cluster, service);
    if (port.kind === 'absent') {
      misses.push(`Service ${namespace}/${name}: not found`);
      continue;
    }
    const place = { namespace, name, port: port.name };
    const answer = await readServiceCertificate(cluster, place);
    if (answer.kind === 'found') {
      await assertOnlyController(cluster, choice, { namespace, pem: answer.pem });
      return { place, pem: answer.pem, origin: `Service ${name} in ${namespace}` };
    }
    misses.push(`Service ${namespace}/${name}: ${answer.reason}`);
  }
  return null;
}
