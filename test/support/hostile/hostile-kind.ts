/** @module What one kind of hostile repository is made of, and what has to become of the GitSync that follows it. */
import type { GitSyncSpec } from '../../../shared/resources/git-sync.ts';
import type { GitTestRepository } from '../git-repository.ts';

/** Where a hostile repository may reach, if it can. */
export interface HostileWorld {
  /** The namespace of the GitSync, with Secret `victim` in it. */
  readonly namespace: string;
  /** A folder of the test: nothing of a repository may write to it. */
  readonly forbiddenFolder: string;
  /** A server that nobody may ask anything. */
  readonly forbiddenUrl: string;
}

/** One kind. */
export interface HostileKind {
  /** Name of the kind, of its GitSync and of its repository. */
  readonly name: string;
  /** Fills the repository that the GitSync follows. What it gives back is taken for the specification. */
  readonly fill: (repository: GitTestRepository, world: HostileWorld) => Promise<Partial<GitSyncSpec> | undefined>;
  /** Reason of the Ready condition. */
  readonly reason: string;
  /** What its message says. */
  readonly says: RegExp;
  /** Whether the rest of the repository is applied all the same: {@link STOWAWAY} then is in the cluster. */
  readonly isApplied?: boolean;
}

/** Every hostile repository has this file beside the rest: what becomes of it shows whether anything was applied. */
export const STOWAWAY = 'stowaway.yaml';

/** The content of {@link STOWAWAY} in the repository of `kind`. */
export function stowaway(kind: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stowaway-${kind}}\n`;
}

/** A kind whose repository is a commit of `files`, beside the stowaway. */
export function kindOfFiles(
  name: string,
  files:
    | Parameters<GitTestRepository['commit']>[0]
    | ((world: HostileWorld) => Parameters<GitTestRepository['commit']>[0]),
  outcome: Pick<HostileKind, 'reason' | 'says' | 'isApplied'>,
  spec?: Partial<GitSyncSpec>,
): HostileKind {
  return {
    name,
    ...outcome,
    fill: async (repository, world) => {
      await repository.commit({
        [STOWAWAY]: stowaway(name),
        ...(typeof files === 'function' ? files(world) : files),
      });
      return spec;
    },
  };
}
