/** @module What a GitSync names beside it, by kind: all that a look at it asks its own cluster for. */
import type { GitSync, SubstituteSource } from '../../shared/resources/git-sync.ts';

/** Names of the Secrets that a look at `gitSync` reads. The token of its webhook is read for each delivery. */
export function secretsOf({ spec }: GitSync): readonly string[] {
  const { source, kubeConfig } = spec;
  const references = [source.secretRef, source.verify?.secretRef, kubeConfig?.secretRef];
  return [...references.flatMap((reference) => reference?.name ?? []), ...variablesOf(spec, 'Secret')];
}

/** Names of the ConfigMaps that a look at `gitSync` reads. */
export function configMapsOf({ spec }: GitSync): readonly string[] {
  return variablesOf(spec, 'ConfigMap');
}

/** Name of the account that acts for `gitSync` in this cluster, as a list: none for the controller itself, and for one of another cluster. */
export function accountsOf({ spec }: GitSync, defaultServiceAccount: string | undefined): readonly string[] {
  const name = spec.kubeConfig === undefined ? (spec.serviceAccountName ?? defaultServiceAccount) : undefined;
  return name === undefined ? [] : [name];
}

function variablesOf({ substitute }: GitSync['spec'], kind: SubstituteSource['kind']): readonly string[] {
  return (substitute?.from ?? []).filter((source) => source.kind === kind).map(({ name }) => name);
}
