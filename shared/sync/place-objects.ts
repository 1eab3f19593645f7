/** @module From what a commit says to what is sent: kinds are looked up, namespaces settled, the owner written down. */
import { describeError } from '../errors/describe-error.ts';
import type { GitSync, SyncFailure } from '../resources/git-sync.ts';
import {
  DIGEST_KEY_SECRET,
  INVENTORY_KIND,
  KEY_LABEL,
  KEYS_CONFIG_MAP,
  REQUESTS_CONFIG_MAP,
  SIGNET_API_VERSION,
} from '../resources/names.ts';
import { groupOf, identityOf, labelValueOf, placeKey, versionOf } from '../resources/object-meta.ts';
import { assignNamespaces } from '../sync-plan/assign-namespaces.ts';
import { type CustomKind, customKindsOf, type KindScope, kindKey } from '../sync-plan/custom-kinds.ts';
import { type PlacedObject, withOwner } from '../sync-plan/desired-object.ts';
import type { RenderProblem } from '../sync-plan/render-problem.ts';
import type { RenderedObject } from '../sync-plan/rendered-object.ts';
import { objectFailure } from '../sync-plan/sync-failure.ts';
import { kindNotServed } from './errors.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What {@link placeObjects} works on. */
export interface PlaceObjectsInput {
  readonly rendered: readonly RenderedObject[];
  /** For namespaced objects that name none. */
  readonly defaultNamespace: string;
  /** `namespace/name` of the GitSync; null writes nothing down. */
  readonly owner: string | null;
}

/** An object that cannot be sent, and why; another try may find its kind. */
export interface UnplacedObject {
  readonly rendered: RenderedObject;
  readonly failure: SyncFailure;
}

/** Every rendered object is in exactly one of the three. */
export interface PlacedObjects {
  readonly placed: readonly PlacedObject[];
  readonly unplaced: readonly UnplacedObject[];
  /** Objects that are written twice. */
  readonly problems: readonly RenderProblem[];
}

/** What `gitSync` says of its objects. */
export function placementOf({ metadata, spec }: GitSync): {
  readonly defaultNamespace: string;
  readonly owner: string;
} {
  return { defaultNamespace: spec.targetNamespace ?? metadata.namespace ?? '', owner: placeKey(metadata) };
}

/** Settles kind, namespace and owner of every object. Single kinds that cannot be found are failures of their objects alone. */
export async function placeObjects(kinds: ServedKinds, input: PlaceObjectsInput): Promise<PlacedObjects> {
  const accepted = input.rendered.filter((rendered) => !isOfController(rendered));
  const scopes = await findScopes(kinds, accepted);
  const { placed, unknown, problems } = assignNamespaces({
    rendered: accepted,
    defaultNamespace: input.defaultNamespace,
    scopeOf: (apiVersion, kind) => scopes.get(`${apiVersion} ${kind}`)?.scope ?? null,
  });
  const reasonOf = ({ object }: RenderedObject): string =>
    scopes.get(`${object.apiVersion} ${object.kind}`)?.problem ??
    describeError(kindNotServed(object.apiVersion, object.kind));
  const { owner } = input;
  return {
    placed: owner === null ? placed : placed.map((one) => ({ ...one, object: withOwner(one.object, owner) })),
    unplaced: [
      ...unknown.map((rendered) => unplace(rendered, reasonOf(rendered))),
      ...input.rendered
        .filter(isOfController)
        .map((rendered) => unplace(rendered, 'is written by the controller and cannot come from Git')),
    ],
    problems,
  };
}

interface FoundScope {
  readonly scope?: KindScope;
  /** Why the kind could not be looked up. */
  readonly problem?: string;
}

async function findScopes(
  kinds: ServedKinds,
  rendered: readonly RenderedObject[],
): Promise<ReadonlyMap<string, FoundScope>> {
  const customKinds = customKindsOf(rendered);
  const wanted = new Map(rendered.map(({ object }) => [`${object.apiVersion} ${object.kind}`, object]));
  const found = [...wanted].map(async ([key, { apiVersion, kind }]) => {
    const custom = customKinds.get(kindKey(groupOf(apiVersion), kind));
    return [key, await findScope(kinds, apiVersion, kind, custom)] as const;
  });
  return new Map(await Promise.all(found));
}

/** A definition of the same commit is believed before the cluster: it is applied first. */
async function findScope(
  kinds: ServedKinds,
  apiVersion: string,
  kind: string,
  custom: CustomKind | undefined,
): Promise<FoundScope> {
  if (custom?.versions.has(versionOf(apiVersion))) return { scope: custom.scope };
  try {
    const type = await kinds.find(apiVersion, kind);
    return type === null ? {} : { scope: type.namespaced ? 'Namespaced' : 'Cluster' };
  } catch (error) {
    return { problem: describeError(error) };
  }
}

/**
 * What only the controller writes. A sealing key, the digest key or the list of certificates that came from Git would take the place
 * of what everything sealed depends on.
 */
function isOfController({ object: { apiVersion, kind, metadata } }: RenderedObject): boolean {
  if (kind === INVENTORY_KIND) return groupOf(apiVersion) === groupOf(SIGNET_API_VERSION);
  if (groupOf(apiVersion) !== '') return false;
  if (kind === 'ConfigMap') return metadata.name === KEYS_CONFIG_MAP || metadata.name === REQUESTS_CONFIG_MAP;
  return kind === 'Secret' && (metadata.name === DIGEST_KEY_SECRET || labelValueOf(metadata, KEY_LABEL) !== undefined);
}

function unplace(rendered: RenderedObject, message: string): UnplacedObject {
  return { rendered, failure: objectFailure(identityOf(rendered.object), rendered.origin, message) };
}
