/** @module Records on key Secrets that a backup of them was read back, where the controller and `signet keys list` see it. */
import type { InspectedKey } from '../../shared/key-backup/collect-backup.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { toKubeTime } from '../../shared/resources/conditions.ts';
import { BACKED_UP_AT_ANNOTATION, BACKED_UP_FINGERPRINT_ANNOTATION } from '../../shared/resources/names.ts';
import type { Session } from '../terminal/session.ts';
import type { Cluster } from './cluster.ts';

/**
 * Confirms the backup of `keys`, which were read from the cluster and found in the file. A Secret that changed since is
 * left alone, and so is the rest when the user may not write there: each is a warning.
 * @returns how many were confirmed.
 */
export async function confirmBackup(
  session: Session,
  { client }: Cluster,
  keys: readonly InspectedKey[],
): Promise<number> {
  const at = toKubeTime(session.io.now());
  let confirmed = 0;
  for (const { object, facts } of keys) {
    const { namespace, name = '', resourceVersion } = object.metadata;
    const annotations = { [BACKED_UP_AT_ANNOTATION]: at, [BACKED_UP_FINGERPRINT_ANNOTATION]: facts.fingerprint };
    try {
      await client.mergePatch(SECRETS, { namespace, name }, { metadata: { resourceVersion, annotations } });
      confirmed += 1;
    } catch (error) {
      session.report.warn(`cannot record the backup on Secret ${namespace ?? ''}/${name}: ${whyRefused(error)}`);
    }
  }
  return confirmed;
}

/** In words, when it is no more than this one Secret; else throws `error`. */
function whyRefused(error: unknown): string {
  if (isKubeError(error, 'KUBE_FORBIDDEN')) return 'you may not change it';
  if (isKubeError(error, 'KUBE_CONFLICT', 'KUBE_NOT_FOUND')) return 'it was changed meanwhile';
  throw error;
}
