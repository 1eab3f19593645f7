/** @module The controller that is asked to do something, as the Service that answers with its certificate. */
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { CliError } from '../terminal/errors.ts';
import { locateErrors } from './certificate-text.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerChoice, servicesOf } from './controller-certificates.ts';
import { type ControllerPlace, findServicePort, readServiceCertificate } from './controller-service.ts';

/** A controller that answers. */
export interface FoundController {
  readonly place: ControllerPlace;
  /** What it seals to. */
  readonly certificate: SealingCertificate;
  /** For messages: `Service signet-controller in signet-system of https://…`. */
  readonly description: string;
}

/**
 * The chosen controller, or the first one that answers.
 * @throws CliError `CLI_CONTROLLER_NOT_FOUND` with every place that was tried; CertificateError; KubeError
 */
export async function findController(cluster: Cluster, choice: ControllerChoice): Promise<FoundController> {
  const misses: string[] = [];
  for (const [namespace, name] of servicesOf(choice)) {
    const port = await findServicePort(cluster, { namespace, name });
    const answer =
      port === null
        ? { kind: 'failed' as const, reason: 'not found' }
        : await readServiceCertificate(cluster, { namespace, name }, port);
    if (answer.kind === 'failed') {
      misses.push(`Service ${namespace}/${name}: ${answer.reason}`);
      continue;
    }
    const description = `Service ${name} in ${namespace} of ${cluster.description}`;
    const certificate = await locateErrors(description, () => readCertificate(answer.pem));
    return { place: { namespace, name, ...(port === null ? {} : { port }) }, certificate, description };
  }
  throw new CliError(
    'CLI_CONTROLLER_NOT_FOUND',
    `cannot reach a controller in the cluster ${cluster.description}: ${misses.join('; ')}`,
    { hint: 'say where it is with --controller-namespace and --controller-name, or use --private-key' },
  );
}
