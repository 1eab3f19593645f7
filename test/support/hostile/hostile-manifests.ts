/** @module Repositories whose manifests are built to exhaust or to deceive whoever reads them. */
import { type HostileKind, kindOfFiles } from './hostile-kind.ts';

const MIB = 1024 * 1024;
const refused = (says: RegExp): Pick<HostileKind, 'reason' | 'says'> => ({ reason: 'RenderFailed', says });
const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

/** A bomb of `levels` lists that each hold the one before nine times. */
function laughs(levels: number): string {
  const lines = ['a0: &a0 ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]'];
  for (let level = 1; level < levels; level++) {
    const aliases = Array.from({ length: 9 }, () => `*a${level - 1}`).join(',');
    lines.push(`a${level}: &a${level} [${aliases}]`);
  }
  return `${HEAD}${lines.join('\n')}\n`;
}

/** Maps that merge the one before, and bring keys of their own. */
function merges(count: number): string {
  const map = (level: number): string => {
    const keys = Array.from({ length: 40 }, (_, index) => `k${level}_${index}: 1`).join(', ');
    return `m${level}: &m${level} {${level > 0 ? `<<: *m${level - 1}, ` : ''}${keys}}`;
  };
  return `${HEAD}${Array.from({ length: count }, (_, level) => map(level)).join('\n')}\n`;
}

/** Lists of lists of one ConfigMap, by aliases. */
function listBomb(): string {
  const level = (name: string, inner: string): string =>
    `${name}: &${name} {apiVersion: v1, kind: List, items: [${Array.from({ length: 20 }, () => inner).join(', ')}]}`;
  return [
    'kind: List',
    'apiVersion: v1',
    'x0: &x0 {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}',
    level('x1', '*x0'),
    level('x2', '*x1'),
    level('x3', '*x2'),
    'items: [*x3, *x3, *x3]',
    '',
  ].join('\n');
}

/** Many short scalars, and one text that is full of lines which look like empty items of nested lists. */
function danglingDashes(): string {
  const text = '    -\n  - x\n'.repeat(250_000);
  return `${HEAD}list: [${'1,'.repeat(500_000)}]\ndata:\n value: |1\n${text}`;
}

/** Files of several MiB that share nothing and are each within every limit. */
function largeFiles(count: number): Record<string, string> {
  const items = (file: number): string =>
    Array.from({ length: 400_000 }, (_, index) => `- {n: ${file}${index}}\n`).join('');
  return Object.fromEntries(
    Array.from({ length: count }, (_, file) => [`f${file}.yaml`, `kind: X\nitems:\n${items(file)}`]),
  );
}

/** All of them. */
export const HOSTILE_MANIFESTS: readonly HostileKind[] = [
  kindOfFiles('yaml-9-mib-of-items', { 'a.yaml': `${HEAD}data:\n${'- {a: b}\n'.repeat(MIB)}` }, refused(/a\.yaml/)),
  kindOfFiles('yaml-five-large-files', largeFiles(5), refused(/more than 1000000 values/)),
  kindOfFiles(
    'files-of-45-mib',
    Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`f${index}.yaml`, `# ${index}${'x'.repeat(9 * MIB)}`])),
    { reason: 'SourceTooLarge', says: /32 MiB are allowed/ },
  ),
  kindOfFiles(
    'yaml-million-lines',
    { 'a.yaml': `${HEAD}data:\n x: |\n${'  a\n'.repeat(2 * MIB)}` },
    refused(/more than 1000000 lines/),
  ),
  kindOfFiles(
    'charts',
    Object.fromEntries(
      Array.from({ length: 19_000 }, (_, index) => [`c${index}/Chart.yaml`, 'name: a\nversion: 1.0.0\n']),
    ),
    refused(/this is a Helm chart/),
  ),
  kindOfFiles('yaml-brackets', { 'a.yaml': '['.repeat(MIB) }, refused(/nested/)),
  kindOfFiles(
    'yaml-indents',
    { 'a.yaml': Array.from({ length: 4_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n') },
    refused(/nested/),
  ),
  kindOfFiles('yaml-dashes', { 'a.yaml': `${'- '.repeat(4 * MIB)}x` }, refused(/nested/)),
  kindOfFiles('yaml-dangling-dashes', { 'a.yaml': danglingDashes() }, refused(/takes more than 6 MiB/)),
  kindOfFiles('yaml-billion-laughs', { 'a.yaml': laughs(12) }, refused(/expand beyond all measure/)),
  kindOfFiles('yaml-own-alias', { 'a.yaml': `${HEAD}data: &d {x: *d}\n` }, refused(/a\.yaml/)),
  kindOfFiles(
    'yaml-many-aliases',
    { 'a.yaml': `${HEAD}x: &x [${'1,'.repeat(1_000)}]\ny: [${'*x,'.repeat(100_000)}]\n` },
    refused(/more than 1000 aliases/),
  ),
  kindOfFiles('yaml-merge-keys', { 'a.yaml': merges(900) }, refused(/merged keys|aliases/)),
  kindOfFiles('yaml-list-bomb', { 'a.yaml': listBomb() }, refused(/more than 20000 objects|written/)),
  kindOfFiles('yaml-million-documents', { 'a.yaml': '---\na: 1\n'.repeat(MIB) }, refused(/more than 50000 documents/)),
  kindOfFiles(
    'yaml-duplicate-keys',
    { 'a.yaml': `${HEAD}data: {x: "1"}\ndata: {x: "2"}\n` },
    refused(/duplicate key "data"/),
  ),
  kindOfFiles(
    'yaml-proto',
    {
      'a.yaml':
        '__proto__: {apiVersion: v1, kind: ConfigMap, metadata: {name: polluted}}\nconstructor: {prototype: {kind: ConfigMap}}\n',
    },
    refused(/apiVersion/),
  ),
  kindOfFiles(
    'yaml-digits',
    { 'a.yaml': `${HEAD}data: {n: ${'9'.repeat(8 * MIB)}}\n` },
    refused(/takes more than 6 MiB/),
  ),
  kindOfFiles(
    'json-digits',
    { 'a.json': `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"n":${'9'.repeat(8 * MIB)}}}` },
    refused(/takes more than 6 MiB/),
  ),
  kindOfFiles(
    'yaml-exponent',
    { 'a.yaml': `${HEAD.replace('name: a', 'name: exponent')}data: {n: 1e999999999}\n` },
    { reason: 'Applied', says: /2 objects/, isApplied: true },
  ),
  kindOfFiles('yaml-not-utf-8', { 'a.yaml': Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xc0, 0x0a]) }, refused(/not UTF-8/)),
  kindOfFiles('yaml-nul-bytes', { 'a.yaml': `${HEAD}data: {n: "a\0b"}\n` }, refused(/U\+0000/)),
  kindOfFiles('yaml-bom-inside', { 'a.yaml': `${HEAD}---\n${HEAD}\n\ufeffdata: {}\n` }, refused(/U\+FEFF/)),
  kindOfFiles(
    'yaml-utf-16-bomb',
    { 'a.yaml': Buffer.from(`\ufeff${laughs(12)}`, 'utf16le') },
    refused(/expand beyond all measure/),
  ),
  kindOfFiles(
    'yaml-tags',
    {
      'a.yaml': `${HEAD.replace('name: a', 'name: tags')}data: {x: !!js/function "function(){}", y: !!python/object:os.system "id"}\n`,
    },
    { reason: 'Applied', says: /2 objects/, isApplied: true },
  ),
  kindOfFiles('json-braces', { 'a.json': '{"a":'.repeat(MIB) }, refused(/nested/)),
  kindOfFiles('json-quotes', { 'a.json': `{"a":"${'\\"'.repeat(4 * MIB)}` }, refused(/a\.json/)),
];
