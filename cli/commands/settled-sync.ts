/** @module How a GitSync stands once the controller has taken up what it was asked for. */
import { conditionOf } from '../../shared/resources/conditions.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Cluster } from '../connect/cluster.ts';
import { nameOf, readGitSync } from '../connect/git-syncs.ts';
import { waitFor } from '../connect/wait-for.ts';
import { formatSyncStatus } from '../output/sync-status-text.ts';
import { CliError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What is waited for. */
export interface SettledWish {
  /** As it was asked for something. */
  readonly gitSync: GitSync;
  /** What it is by now, for messages: `pinned`. */
  readonly asked: string;
  /** Whether the controller has taken that up in the GitSync as it is now. */
  readonly isTakenUp: (now: GitSync) => boolean;
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** Waits until the wish is taken up and Ready is known, and tells the outcome. @throws CliError `CLI_TIMED_OUT`, `CLI_OBJECT_NOT_FOUND`; KubeError */
export async function awaitSettled(
  session: Session,
  cluster: Cluster,
  { gitSync, asked, isTakenUp, timeoutMs }: SettledWish,
): Promise<ExitCode> {
  const { namespace = '', name = '' } = gitSync.metadata;
  const settled = await waitFor(session.io, timeoutMs, async () => {
    const now = await readGitSync(cluster, namespace, name);
    return isTakenUp(now) && conditionOf(now, 'Ready')?.status !== 'Unknown' ? now : null;
  });
  if (settled !== null) return tellOutcome(session, settled);
  const message = `no answer after ${timeoutMs / 1000} s: GitSync ${nameOf(gitSync)} is ${asked} and not in place yet`;
  throw new CliError('CLI_TIMED_OUT', message, { hint: `see \`signet sync status ${name} -n ${namespace}\`` });
}

/** Prints how `gitSync` stands. Not Ready is a finding. */
export async function tellOutcome(session: Session, gitSync: GitSync): Promise<ExitCode> {
  await writeResult(session, { text: formatSyncStatus([gitSync], false), file: undefined, access: 'public' });
  return conditionOf(gitSync, 'Ready')?.status === 'True' ? EXIT.done : EXIT.findings;
}
