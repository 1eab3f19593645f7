/** @module What every benchmark works with: the bundles, the peers that could be built, a private folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../build.ts';
import { findPeer } from '../peers/find-peer.ts';
import type { ControllerOptions } from '../support/signet-cluster.ts';

/** Paths are absolute; a peer that could not be built is undefined. */
export interface BenchContext {
  readonly folder: string;
  readonly signet: string;
  /** How our controller is started: the bundle, with Node's flags and the variables as `manifests/controller/deployment.yaml` sets them. */
  readonly controller: Required<Pick<ControllerOptions, 'program' | 'nodeFlags' | 'environment'>>;
  readonly kubeseal: string | undefined;
  readonly peerController: string | undefined;
  readonly gitopsAgent: string | undefined;
  /** Said in the table in place of a peer's figure. */
  readonly withoutGo: string;
  /** How long the row of quiet lasts. */
  readonly quietSeconds: number;
  readonly report: (line: string) => void;
}

/** Bundles the programs and builds the peers. The caller removes `folder`. */
export async function prepareBench({
  report,
  quietSeconds,
}: Pick<BenchContext, 'report' | 'quietSeconds'>): Promise<BenchContext> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-bench-'));
  const dist = path.join(folder, 'dist');
  await bundle(dist).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const find = async (name: Parameters<typeof findPeer>[0]) => {
    const peer = await findPeer(name, report);
    if ('missing' in peer) report(`${name} is not measured: ${peer.missing}`);
    return 'missing' in peer ? undefined : peer.path;
  };
  return {
    folder,
    signet: path.join(dist, 'signet.cjs'),
    controller: {
      program: path.join(dist, 'signet-controller.cjs'),
      nodeFlags: ['--max-semi-space-size=2', '--max-old-space-size=300'],
      environment: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' },
    },
    kubeseal: await find('kubeseal'),
    peerController: await find('sealed-secrets-controller'),
    gitopsAgent: await find('gitops-engine-agent'),
    withoutGo: 'not built here',
    quietSeconds,
    report,
  };
}
