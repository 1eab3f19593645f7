/** @module The kind that a person means by `deploy`, `deployments`, `Deployment` or `deployment.apps`. */
import { parseJson } from '../../shared/encoding/json.ts';
import { isMap } from '../../shared/encoding/value-kind.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import {
  ACCEPT_DISCOVERY,
  readGroups,
  readResourceList,
  type ServedVersion,
} from '../../shared/kube/discovery-document.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import { CliError } from '../terminal/errors.ts';

/** Kubernetes' own short names of the kinds that people sync. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['cj', 'cronjob'],
  ['cm', 'configmap'],
  ['crd', 'customresourcedefinition'],
  ['deploy', 'deployment'],
  ['ds', 'daemonset'],
  ['hpa', 'horizontalpodautoscaler'],
  ['ing', 'ingress'],
  ['netpol', 'networkpolicy'],
  ['ns', 'namespace'],
  ['pdb', 'poddisruptionbudget'],
  ['pv', 'persistentvolume'],
  ['pvc', 'persistentvolumeclaim'],
  ['sa', 'serviceaccount'],
  ['sc', 'storageclass'],
  ['sts', 'statefulset'],
  ['svc', 'service'],
]);
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The first served kind of the name `word`, in the server's order of groups and versions, the core group first. A group may follow
 * after a dot. Letter case does not matter.
 * @throws CliError `CLI_OBJECT_NOT_FOUND`; KubeError
 */
export async function findTypeByName(client: Pick<KubeClient, 'raw'>, word: string): Promise<ResourceType> {
  const [name = '', ...rest] = word.toLowerCase().split('.');
  const group = rest.length === 0 ? null : rest.join('.');
  const wanted = SHORT_NAMES.get(name) ?? name;
  for (const root of ['/api', '/apis'] as const) {
    const groups = readGroups(await read(client, root, ACCEPT_DISCOVERY));
    for (const [served, versions] of groups) {
      if (group !== null && served !== group) continue;
      const found = await findIn(client, versions, wanted);
      if (found !== null) return found;
    }
  }
  throw new CliError(
    'CLI_OBJECT_NOT_FOUND',
    `cannot find the kind ${JSON.stringify(word)}: the cluster does not serve it`,
    {
      hint: '`kubectl api-resources` lists the kinds',
    },
  );
}

async function findIn(
  client: Pick<KubeClient, 'raw'>,
  versions: readonly ServedVersion[],
  wanted: string,
): Promise<ResourceType | null> {
  for (const { group, version, kinds } of versions) {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const served = kinds ?? readResourceList(await read(client, path, 'application/json'), group, version);
    for (const type of served.values()) {
      if (type.kind.toLowerCase() === wanted || type.plural === wanted) return type;
    }
  }
  return null;
}

/** An empty document where there is nothing to be read: the server behind a group may be down. */
async function read(
  client: Pick<KubeClient, 'raw'>,
  path: string,
  accept: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await client.raw({ method: 'GET', path, headers: { accept }, maxBytes: MAX_BYTES });
  if (status !== 200) return {};
  const document = parseJson(new TextDecoder().decode(body));
  return isMap(document) ? document : {};
}
