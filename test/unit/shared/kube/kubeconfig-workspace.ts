/** @module A folder of kubeconfig files for one test, and how they are refused. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';

/** A temporary folder with `files` (name and content), removed when the test ends. */
export async function folderWith(files: Readonly<Record<string, string | object>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-kubeconfig-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o755 });
  }
  return folder;
}

/** A kubeconfig with one context `c` of cluster `k` and user `u`. */
export function configOf(
  user: object,
  cluster: object = { server: 'https://10.0.0.1:6443' },
  context: object = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'k', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...context } }],
  };
}

/** Matches the error of a kubeconfig that cannot be used, whose message has `text` in it. */
export function invalid(text: string): unknown {
  return expect.objectContaining({ code: 'KUBE_KUBECONFIG_INVALID', message: expect.stringContaining(text) });
}
