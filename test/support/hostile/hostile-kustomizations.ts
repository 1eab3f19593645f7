/** @module Repositories with a kustomization that reaches out of the repository, runs programs, or never ends. */
import { type HostileKind, kindOfFiles } from './hostile-kind.ts';

const MIB = 1024 * 1024;
const refused = (says: RegExp): Pick<HostileKind, 'reason' | 'says'> => ({ reason: 'RenderFailed', says });
const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "0123456789"}\n';

/** Each operation of the patch doubles what the object holds. */
function doublingPatch(times: number): string {
  const copies = Array.from({ length: times }, (_, index) => `    - {op: copy, from: /data, path: /data/c${index}}`);
  return ['resources: [a.yaml]', 'patches:', '- target: {kind: ConfigMap}', '  patch: |', ...copies, ''].join('\n');
}

/** A chain of bases that each take the next one four times. */
function bases(count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => index);
  const kustomizations = Object.fromEntries(
    names.map((index) => [
      index === 0 ? 'kustomization.yaml' : `b${index}/kustomization.yaml`,
      index + 1 < count
        ? `resources: [${Array.from({ length: 4 }, () => `${index === 0 ? '' : '../'}b${index + 1}`).join(', ')}]\n`
        : `resources: [a.yaml]\n`,
    ]),
  );
  return { ...kustomizations, [`b${count - 1}/a.yaml`]: MAP };
}

/** Bases in a row, each in a folder beside the one before. */
function rowOfBases(count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `b${index}`);
  return Object.fromEntries([
    ['kustomization.yaml', 'resources: [b0]\n'],
    ...names.map((name, index) => [`${name}/kustomization.yaml`, `resources: [../b${index + 1}]\n`]),
  ]);
}

/** All of them. */
export const HOSTILE_KUSTOMIZATIONS: readonly HostileKind[] = [
  kindOfFiles(
    'kustomize-remote',
    ({ forbiddenUrl }) => ({ 'kustomization.yaml': `resources: ["${forbiddenUrl}/base?ref=main", stowaway.yaml]\n` }),
    refused(/kustomization\.yaml/),
  ),
  kindOfFiles(
    'kustomize-remote-git',
    ({ forbiddenUrl }) => ({
      'kustomization.yaml': `resources: ["git::${forbiddenUrl}/x.git//base", stowaway.yaml]\n`,
    }),
    refused(/kustomization\.yaml/),
  ),
  kindOfFiles(
    'kustomize-climbing',
    { 'kustomization.yaml': 'resources: [../../../../etc/passwd]\n' },
    refused(/leads out of the repository/),
  ),
  kindOfFiles(
    'kustomize-absolute',
    { 'kustomization.yaml': 'configMapGenerator:\n- name: a\n  envs: [/proc/self/environ]\n' },
    refused(/kustomization\.yaml/),
  ),
  kindOfFiles(
    'kustomize-link',
    { 'kustomization.yaml': 'configMapGenerator:\n- name: a\n  files: [x.txt]\n', 'x.txt': { linkTo: '/etc/passwd' } },
    refused(/link/),
  ),
  kindOfFiles(
    'kustomize-exec',
    ({ forbiddenFolder }) => ({
      'kustomization.yaml': 'generators: [gen.yaml]\nresources: [stowaway.yaml]\n',
      'gen.yaml': `apiVersion: evil.example.com/v1\nkind: Generator\nmetadata:\n  name: g\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./run.sh}\n`,
      'run.sh': `#!/bin/sh\ntouch ${forbiddenFolder}/executed\n`,
    }),
    refused(/gen\.yaml|kustomization\.yaml/),
  ),
  kindOfFiles(
    'kustomize-helm',
    ({ forbiddenUrl }) => ({
      'kustomization.yaml': `helmCharts:\n- {name: x, repo: "${forbiddenUrl}", version: 1.0.0}\n`,
    }),
    refused(/helm/i),
  ),
  kindOfFiles(
    'kustomize-cycle',
    {
      'kustomization.yaml': 'resources: [a]\n',
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    },
    refused(/cycle|itself/),
  ),
  kindOfFiles('kustomize-4-to-the-30', bases(30), refused(/more than 1000 bases/)),
  kindOfFiles('kustomize-row-of-2000', rowOfBases(2_000), refused(/more than 32 bases deep/)),
  kindOfFiles(
    'kustomize-same-base-again',
    { 'kustomization.yaml': `resources: [${'b, '.repeat(400_000)}]\n`, 'b/kustomization.yaml': 'resources: []\n' },
    refused(/more than 20000 entries/),
  ),
  kindOfFiles(
    'kustomize-lines',
    { 'kustomization.yaml': `resources:\n${Array.from({ length: 300_000 }, (_, index) => `- x${index}\n`).join('')}` },
    refused(/more than 20000 entries/),
  ),
  kindOfFiles(
    'kustomize-same-settings-again',
    {
      'kustomization.yaml': `transformers: [${'t.yaml, '.repeat(10_000)}]\n`,
      't.yaml': `apiVersion: builtin\nkind: LabelTransformer\nlabels: {${Array.from({ length: 200_000 }, (_, index) => `a${index}: b`).join(', ')}}\n`,
    },
    refused(/as often as it is named/),
  ),
  kindOfFiles(
    'kustomize-same-text-again',
    {
      'kustomization.yaml': `commonAnnotations: {a: &a "${'\\x01'.repeat(60_000)}", ${Array.from({ length: 900 }, (_, index) => `b${index}: *a`).join(', ')}}\n`,
    },
    refused(/more than 4 MiB, aliases written out/),
  ),
  kindOfFiles(
    'kustomize-openapi',
    {
      'kustomization.yaml': 'resources: [stowaway.yaml]\nopenapi: {path: ../../../../etc/hosts}\ncrds: [/etc/passwd]\n',
    },
    refused(/kustomization\.yaml/),
  ),
  kindOfFiles(
    'kustomize-huge-generator',
    {
      'kustomization.yaml': 'configMapGenerator:\n- name: a\n  files: [b0, b1, b2, b3, b4]\n',
      ...Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`b${index}`, Buffer.alloc(8 * MIB, 97 + index)])),
    },
    { reason: 'SourceTooLarge', says: /MiB/ },
  ),
  kindOfFiles(
    'kustomize-doubling-patch',
    { 'kustomization.yaml': doublingPatch(40), 'a.yaml': MAP },
    { reason: 'RenderUnavailable', says: /memory|MiB/ },
  ),
  kindOfFiles(
    'kustomize-aliases',
    {
      'kustomization.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, index) => `b${index}: &b${index} [${Array.from({ length: 9 }, () => (index === 0 ? '*a' : `*b${index - 1}`)).join(',')}]`).join('\n')}\n`,
    },
    refused(/kustomization\.yaml/),
  ),
];
