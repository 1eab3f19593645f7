import { expect, test } from 'vitest';
import { isHiddenPath, isManifestName } from '../../../../shared/sync-plan/manifest-path.ts';

test('isManifestName takes what kubectl takes', () => {
  const names = ['a.yaml', 'b/c.yml', 'd.json', 'e.YAML', 'yaml', 'f.yaml.bak', 'g.txt'];
  expect(names.filter(isManifestName)).toEqual(['a.yaml', 'b/c.yml', 'd.json']);
});

test('isHiddenPath looks at every segment', () => {
  const paths = ['.a.yaml', '.github/ci.yaml', 'a/.b/c.yaml', 'a.b/c.yaml', 'a/b.yaml'];
  expect(paths.filter(isHiddenPath)).toEqual(['.a.yaml', '.github/ci.yaml', 'a/.b/c.yaml']);
});
