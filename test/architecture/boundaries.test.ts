import { expect, test } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const files = readSourceFiles('shared', 'cli', 'controller');
/** Where a program begins. */
const MAINS = ['cli/launcher.ts', 'cli/main.ts', 'controller/main.ts'];

/** Where each package may be imported, by prefix of the importing file. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli/options/', 'cli/commands/', 'cli/run.ts'],
  'js-yaml': ['shared/encoding/yaml-'],
  'node-forge': ['shared/certificate/issue-certificate.ts'],
  '@kubernetes/client-node': ['shared/kube/'],
  express: ['controller/http/'],
  'prom-client': ['controller/metrics/'],
  pino: ['controller/logging/'],
  'age-encryption': ['shared/key-backup/'],
};

function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(file.text) && !MAINS.includes(file.file)).map((file) => file.file);
}

test('only the mains read the environment', () => {
  expect(filesWith(/\bprocess\.env\b/)).toEqual([]);
});

test('nothing ends the process; the mains set its exit code', () => {
  expect(files.filter((file) => /\bprocess\.exit\(/.test(file.text)).map((file) => file.file)).toEqual([]);
});

test('only the mains touch the process streams and arguments', () => {
  expect(filesWith(/\bprocess\.(stdin|stdout|stderr|argv)\b/)).toEqual([]);
});

test('a package is imported only where its role is', () => {
  const strays = files.flatMap((file) =>
    file.imports
      .filter((target) => !/^(node:|shared\/|cli\/|controller\/)/.test(target))
      .filter((target) => !(PACKAGES[target] ?? []).some((place) => file.file.startsWith(place)))
      .map((target) => `${file.file} -> ${target}`),
  );
  expect(strays).toEqual([]);
});

test('portable folders import nothing of Node', () => {
  const portable = /^shared\/(errors|encoding|certificate|resources|kustomization|sealing|opengitops|sync-plan)\//;
  const strays = files
    .filter((file) => portable.test(file.file) && file.file !== 'shared/certificate/issue-certificate.ts')
    .flatMap((file) =>
      file.imports
        .filter((target) => target.startsWith('node:') || target === 'shared/certificate/issue-certificate.ts')
        .map((target) => `${file.file} -> ${target}`),
    );
  expect(strays).toEqual([]);
});

test('no module is mocked', () => {
  const tests = readSourceFiles('test').filter((file) => !file.file.startsWith('test/architecture/'));
  expect(tests.filter((file) => /\b(?:vi|jest)\.(?:do)?mock\(/i.test(file.text)).map((file) => file.file)).toEqual([]);
});
