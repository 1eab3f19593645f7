import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isManifestName } from '../../../../shared/sync-plan/manifest-path.ts';
import type { RenderResult } from '../../../../shared/sync-plan/render.ts';
import { render } from '../../../support/render-tree.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../../../shared/corpus');
const REASON = 'the corpus is not on this machine';

function renderFolder(folder: string): RenderResult {
  const root = path.join(CORPUS, folder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(isManifestName);
  const files = names.map((name) => ({ path: name, bytes: new Uint8Array(readFileSync(path.join(root, name))) }));
  return render({ commit: '', files, problems: [], skipped: [] });
}

test.for([
  ['apps/argo-cd', 53, 0],
  ['apps/open-cluster-management-api', 10, 0],
  ['apps/tektoncd-pipeline', 76, 0],
  ['apps/microservices-demo/kubernetes-manifests', 35, 0],
  // One transformer of kustomize stands in three overlays, under one name.
  ['apps/podinfo', 50, 2],
  ['sealed-secrets/kdwils-homelab', 29, 0],
  ['yaml-traps/kubernetes-kubectl', 4, 0],
  // One file is no YAML, another one has a duplicate key.
  ['yaml-traps/HariSekhon-Kubernetes-configs', 2, 2],
] as const)('%s renders to %d objects and %d problems', ([folder, objects, problems], { skip }) => {
  if (!existsSync(CORPUS)) return skip(REASON);
  const result = renderFolder(folder);
  expect([result.objects.length, result.problems.length]).toEqual([objects, problems]);
});

test('every folder of the corpus renders without a crash, and every problem has its place', ({ skip }) => {
  if (!existsSync(CORPUS)) return skip(REASON);
  for (const area of ['apps', 'yaml-traps', 'sealed-secrets']) {
    const { objects, problems } = renderFolder(area);
    expect(objects.length).toBeGreaterThan(20);
    for (const problem of problems) expect(problem.file).not.toBe('');
  }
});
