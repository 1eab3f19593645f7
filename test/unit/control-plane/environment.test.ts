import { chmod, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findOnPath, readEnvironment } from '../../control-plane/environment.ts';
import { temporaryFolder } from './release-server.ts';

test('readEnvironment puts the cache below XDG_CACHE_HOME', () => {
  expect(readEnvironment({ XDG_CACHE_HOME: '/var/cache/me' }).cacheFolder).toBe('/var/cache/me/signet');
});

test.each([undefined, '', 'relative/folder'])('readEnvironment uses ~/.cache when XDG_CACHE_HOME is %s', (value) => {
  expect(readEnvironment({ XDG_CACHE_HOME: value }).cacheFolder).toBe(path.join(homedir(), '.cache', 'signet'));
});

test('readEnvironment takes an empty KUBEBUILDER_ASSETS for none', () => {
  expect(readEnvironment({ KUBEBUILDER_ASSETS: '' }).assetsFolder).toBeUndefined();
});

test('findOnPath passes over folders, files that are not executable, and relative entries of PATH', async () => {
  const [first, second] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(path.join(first, 'go'), '');
  await writeFile(path.join(second, 'go'), '');
  await chmod(path.join(second, 'go'), 0o755);
  expect(findOnPath('go', { PATH: `.:${first}:${second}` })).toBe(path.join(second, 'go'));
  expect(findOnPath(path.basename(second), { PATH: path.dirname(second) })).toBeUndefined();
});
