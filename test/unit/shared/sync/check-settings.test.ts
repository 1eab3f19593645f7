import { expect, test } from 'vitest';
import type { GitSyncSpec } from '../../../../shared/resources/git-sync.ts';
import { assertRenderSettings } from '../../../../shared/sync/check-settings.ts';

const check = (settings: Partial<GitSyncSpec>) => () =>
  assertRenderSettings({ source: { url: 'https://git.example.com/a' }, ...settings });

test('settings that can be used pass', () => {
  const labels = { 'example.com/team': 'shop', plain: '' };
  const images = [{ name: 'registry:5000/web', newTag: 'v1.2', digest: `sha256:${'a'.repeat(64)}` }];
  expect(check({ commonMetadata: { labels, annotations: { note: 'any text' } }, images })).not.toThrow();
});

test.each([
  [{ commonMetadata: { labels: { 'bad key': 'x' } } }, 'spec.commonMetadata.labels "bad key" is not usable'],
  [{ commonMetadata: { labels: { a: 'b c' } } }, 'spec.commonMetadata.labels "a" is not usable'],
  [{ commonMetadata: { annotations: { 'a/b/c': 'x' } } }, 'spec.commonMetadata.annotations "a/b/c" is not usable'],
  [{ images: [{ name: 'web', newTag: 'a b' }] }, 'spec.images[0].newTag is not usable'],
  [{ images: [{ name: 'web@x' }] }, 'spec.images[0].name is not usable'],
])('%j is refused', (settings, message) => {
  expect(check(settings)).toThrow(message);
});
