/** @module Why a CustomResourceDefinition that was applied does not make its kind known. */
import type { KubeReader } from '../kube/client.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../kube/resource-type.ts';
import type { KubeObject } from '../resources/object-meta.ts';

interface DefinitionCondition {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
}

/** What the server says against definition `name`, or null when it is established or does not exist. @throws KubeError */
export async function findDefinitionProblem(client: Pick<KubeReader, 'get'>, name: string): Promise<string | null> {
  const definition = await client.get(CUSTOM_RESOURCE_DEFINITIONS, { name });
  if (definition === null) return null;
  const conditions = conditionsOf(definition);
  if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return null;
  // NamesAccepted says what is wrong; Established only that something is.
  const refused = conditions.filter(({ status }) => status === 'False');
  const told = refused.find(({ type }) => type === 'NamesAccepted') ?? refused[0];
  return typeof told?.message === 'string' ? `is not established: ${told.message}` : 'is not established yet';
}

function conditionsOf(definition: KubeObject): readonly DefinitionCondition[] {
  const status = definition['status'] as { readonly conditions?: unknown } | undefined;
  return Array.isArray(status?.conditions) ? status.conditions : [];
}
