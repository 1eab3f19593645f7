/**
 * @module The certificates of the cluster's controller: from ConfigMap `signet-keys`, else from a controller's `/v1/cert.pem`
 * through the API server's service proxy, which is the only way that sealed-secrets' controller knows.
 */
import { KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import type { ControllerChoice } from './controller-places.ts';
import { findAnsweringService } from './find-controller.ts';
import { readKeyLists } from './key-lists.ts';

/** What a controller says of its keys. */
export interface ControllerCertificates {
  /** PEM, the certificate to seal to first. */
  readonly pem: string;
  /** For messages: where it was found. */
  readonly origin: string;
}

/**
 * The certificates of the chosen controller, or of the one that is found.
 * @throws CliError `CLI_CERTIFICATE_NOT_FOUND` with every place that was tried, `CLI_CONTROLLER_AMBIGUOUS`; KubeError when the cluster cannot be reached.
 */
export async function readControllerCertificates(
  cluster: Cluster,
  choice: ControllerChoice,
): Promise<ControllerCertificates> {
  const misses: string[] = [];
  for (const { namespace, list } of await readKeyLists(cluster, choice, misses)) {
    const origin = `ConfigMap ${KEYS_CONFIG_MAP} in ${namespace}`;
    if (list.certificatesPem !== '') return { pem: list.certificatesPem, origin };
    misses.push(`${origin}: ${list.problem ?? 'lists no key that can be sealed to'}`);
  }
  const service = await findAnsweringService(cluster, choice, misses);
  if (service !== null) return { pem: service.pem, origin: service.origin };
  throw new CliError(
    'CLI_CERTIFICATE_NOT_FOUND',
    `cannot find a controller's certificate in the cluster ${cluster.description}: ${misses.join('; ')}`,
    {
      hint: 'say where the controller is with --controller-namespace and --controller-name, or name a certificate with --cert',
    },
  );
}
