/** @module Kustomizations built on this machine, for plans and runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKustomizeBuilder } from '../../shared/kustomize/kustomize-builder.ts';
import type { BuildKustomization } from '../../shared/sync-plan/render-revision.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';

/** A builder with the program that the user named, or the one on the PATH. Nothing of a build stays on this machine. */
export function kustomizeBuilder({ io }: Session, program: string | undefined): BuildKustomization {
  return async (tree, signal = io.signal) => {
    const privateDirectory = await mkdtemp(path.join(tmpdir(), 'signet-kustomize-'));
    const place = { program: program === undefined ? undefined : resolvePath(io, program), searchPath: io.env['PATH'] };
    try {
      return await createKustomizeBuilder({ ...place, privateDirectory })(tree, signal);
    } finally {
      await rm(privateDirectory, { recursive: true, force: true });
    }
  };
}
