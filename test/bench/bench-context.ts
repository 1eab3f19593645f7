/** @module What every benchmark works with: the bundles, the peers that could be built, a private folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../build.ts';
import { findPeer } from '../peers/find-peer.ts';

/** Paths are absolute; a peer that could not be built is undefined. */
export interface BenchContext {
  readonly folder: string;
  readonly signet: string;
  readonly signetController: string;
  /** Node's flags as `manifests/controller/deployment.yaml` sets them. */
  readonly nodeFlags: readonly string[];
  readonly kubeseal: string | undefined;
  readonly peerController: string | undefined;
  readonly gitopsAgent: string | undefined;
  /** Said in the table in place of a peer's figure. */
  readonly withoutGo: string;
  readonly report: (line: string) => void;
}

/** Bundles the programs and builds the peers. The caller removes `folder`. */
export async function prepareBench(report: (line: string) => void): Promise<BenchContext> {
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
    signetController: path.join(dist, 'signet-controller.cjs'),
    nodeFlags: ['--max-semi-space-size=2', '--max-old-space-size=300'],
    kubeseal: await find('kubeseal'),
    peerController: await find('sealed-secrets-controller'),
    gitopsAgent: await find('gitops-engine-agent'),
    withoutGo: 'not built here',
    report,
  };
}
