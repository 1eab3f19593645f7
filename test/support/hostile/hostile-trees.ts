/** @module Repositories whose trees lie: links, names, entries and sizes that a checkout or a listing would stumble over. */
import type { GitTestRepository } from '../git-repository.ts';
import { type HostileKind, kindOfFiles, STOWAWAY, stowaway } from './hostile-kind.ts';
import {
  commitTree,
  oidOf,
  type PackedObject,
  type RawEntry,
  rawTree,
  writeObject,
  writeObjects,
} from './raw-objects.ts';

const MIB = 1024 * 1024;
const PASSWD = '/etc/passwd';
const refusedLink = { reason: 'RenderFailed', says: /symbolic link leaves the repository/ };
const malformed = { reason: 'SourceFailed', says: /fsck error in packed object/ };

/** A kind whose root tree has `entries` beside the stowaway, in the order that git wants unless `isUnsorted`. */
function kindOfEntries(
  name: string,
  entries: (repository: GitTestRepository) => Promise<readonly RawEntry[]>,
  outcome: Pick<HostileKind, 'reason' | 'says'>,
  isUnsorted = false,
): HostileKind {
  return {
    name,
    ...outcome,
    fill: async (repository) => {
      const oid = await writeObject(repository, 'blob', stowaway(name));
      const all = [{ mode: '100644', name: STOWAWAY, oid }, ...(await entries(repository))];
      if (!isUnsorted) all.sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
      await commitTree(repository, await writeObject(repository, 'tree', rawTree(all)));
      return undefined;
    },
  };
}

function sortKey({ name, mode }: RawEntry): Buffer {
  return Buffer.concat([Buffer.from(name), Buffer.from(mode === '40000' ? '/' : '')]);
}

/** A folder entry called `name`, with a manifest in it. */
function folderNamed(name: string | Uint8Array) {
  return async (repository: GitTestRepository): Promise<readonly RawEntry[]> => {
    const blob = await writeObject(repository, 'blob', stowaway('inside'));
    const tree = await writeObject(repository, 'tree', rawTree([{ mode: '100644', name: 'x.yaml', oid: blob }]));
    return [{ mode: '40000', name, oid: tree }];
  };
}

/** `width` times the same entry, `depth` levels deep: `width` to the power of `depth` files in a few hundred bytes. */
async function treeBomb(repository: GitTestRepository, width: number, depth: number): Promise<readonly RawEntry[]> {
  let oid = await writeObject(repository, 'blob', stowaway('bomb'));
  let mode = '100644';
  for (let level = 0; level < depth; level++) {
    const entries = Array.from({ length: width }, (_, index) => ({
      mode,
      name: `${String(index).padStart(6, '0')}.yaml`,
      oid,
    }));
    oid = await writeObject(repository, 'tree', rawTree(entries));
    mode = '40000';
  }
  return [{ mode, name: 'bomb', oid }];
}

/** A manifest below `depth` folders called `folder`. */
async function deepFolders(repository: GitTestRepository, depth: number): Promise<readonly RawEntry[]> {
  const blob = Buffer.from(stowaway('deep'));
  const objects: PackedObject[] = [{ type: 'blob', content: blob }];
  let entry: RawEntry = { mode: '100644', name: 'x.yaml', oid: oidOf('blob', blob) };
  for (let level = 0; level < depth; level++) {
    const content = rawTree([entry]);
    objects.push({ type: 'tree', content });
    entry = { mode: '40000', name: 'folder', oid: oidOf('tree', content) };
  }
  await writeObjects(repository, objects);
  return [entry];
}

/** A thousand patterns, in each of fifty thousand folders: one folder that is named so often. */
async function manyIgnoreLists(repository: GitTestRepository): Promise<readonly RawEntry[]> {
  const patterns = Array.from({ length: 1_000 }, (_, index) => `*${index}`).join('\n');
  const list = { mode: '100644', name: '.signetignore', oid: await writeObject(repository, 'blob', patterns) };
  const folder = await writeObject(repository, 'tree', rawTree([list]));
  return Array.from({ length: 50_000 }, (_, index) => ({ mode: '40000', name: `f${index}`, oid: folder }));
}

function chainOfLinks(length: number): Record<string, { readonly linkTo: string }> {
  const names = Array.from({ length }, (_, index) => `hops/${index}`);
  return Object.fromEntries(names.map((name, index) => [name, { linkTo: `${index + 1}` }]));
}

/** All of them. */
export const HOSTILE_TREES: readonly HostileKind[] = [
  kindOfFiles('link-climbing', { 'a.yaml': { linkTo: `../../../../../..${PASSWD}` } }, refusedLink),
  kindOfFiles('link-absolute', { 'a.yaml': { linkTo: PASSWD } }, refusedLink),
  kindOfFiles('link-folder-out', { app: { linkTo: '/etc' }, 'b.yaml': { linkTo: 'app/passwd' } }, refusedLink),
  kindOfFiles(
    'link-loop',
    { 'a.yaml': { linkTo: 'b.yaml' }, 'b.yaml': { linkTo: 'a.yaml' } },
    { reason: 'RenderFailed', says: /leads back to itself/ },
  ),
  kindOfFiles(
    'link-chain',
    { ...chainOfLinks(300), 'app/stowaway.yaml': stowaway('link-chain'), 'app/a.yaml': { linkTo: '../hops/0' } },
    { reason: 'RenderFailed', says: /leads back to itself/ },
    { source: { url: '', path: 'app' } },
  ),
  kindOfFiles(
    'links-to-and-fro',
    {
      'a/x.yaml': '',
      ...Object.fromEntries(
        Array.from({ length: 2_000 }, (_, index) => [`l${index}.yaml`, { linkTo: `a/${'../a/'.repeat(600)}x.yaml` }]),
      ),
    },
    { reason: 'SourceTooLarge', says: /symbolic links take too long to follow/ },
  ),
  kindOfFiles(
    'link-of-5-mib',
    { 'a.yaml': { linkTo: 'x'.repeat(5 * MIB) } },
    { reason: 'RenderFailed', says: /leads to nothing/ },
  ),
  kindOfFiles(
    'link-inside',
    {
      'a.yaml': { linkTo: 'data/real.txt' },
      'data/real.txt': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: linked}\n',
    },
    { reason: 'Applied', says: /2 objects/, isApplied: true },
  ),
  kindOfEntries('name-dot-dot', folderNamed('..'), malformed),
  kindOfEntries(
    'name-absolute',
    async (repository) => [{ mode: '100644', name: '/etc/x.yaml', oid: await writeObject(repository, 'blob', '') }],
    malformed,
  ),
  kindOfEntries(
    'name-with-slash',
    async (repository) => [{ mode: '100644', name: '../../x.yaml', oid: await writeObject(repository, 'blob', '') }],
    malformed,
  ),
  kindOfEntries('name-empty', folderNamed(''), { reason: 'SourceFailed', says: /empty filename in tree entry/ }),
  kindOfEntries('name-git', folderNamed('.git'), malformed),
  kindOfEntries('name-git-case', folderNamed('.GiT'), malformed),
  kindOfEntries('name-git-ntfs', folderNamed('git~1'), malformed),
  kindOfEntries('name-git-hfs', folderNamed('.g\u200cit'), malformed),
  kindOfEntries(
    'name-twice',
    async (repository) => [
      { mode: '100644', name: 'a.yaml', oid: await writeObject(repository, 'blob', '') },
      { mode: '100644', name: 'a.yaml', oid: await writeObject(repository, 'blob', stowaway('other')) },
    ],
    malformed,
  ),
  kindOfEntries(
    'tree-unsorted',
    async (repository) => [
      { mode: '100644', name: 'z.yaml', oid: await writeObject(repository, 'blob', '') },
      { mode: '100644', name: 'a.yaml', oid: await writeObject(repository, 'blob', '') },
    ],
    malformed,
    true,
  ),
  kindOfFiles(
    'submodule',
    { vendor: { submodule: '1'.repeat(40) } },
    { reason: 'RenderFailed', says: /submodules are not read/ },
  ),
  kindOfFiles(
    'submodule-option',
    {
      vendor: { submodule: '1'.repeat(40) },
      '.gitmodules': '[submodule "vendor"]\n\tpath = vendor\n\turl = --upload-pack=touch\n',
    },
    { reason: 'RenderFailed', says: /submodules are not read/ },
  ),
  kindOfFiles(
    'lfs-pointer',
    { 'a.yaml': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n` },
    { reason: 'RenderFailed', says: /kept by Git LFS/ },
  ),
  kindOfFiles(
    'filters-and-hooks',
    ({ forbiddenFolder, forbiddenUrl }) => ({
      '.gitattributes':
        '*.yaml filter=evil diff=evil merge=evil ident working-tree-encoding=UTF-16\n*.txt export-subst\n',
      '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${forbiddenFolder}/smudged\n\trequired = true\n`,
      '.lfsconfig': `[lfs]\n\turl = ${forbiddenUrl}/lfs\n`,
      '.githooks/post-checkout': `#!/bin/sh\ntouch ${forbiddenFolder}/hooked\n`,
      'hooks/reference-transaction': `#!/bin/sh\ntouch ${forbiddenFolder}/hooked\n`,
    }),
    { reason: 'Applied', says: /1 object/, isApplied: true },
  ),
  kindOfFiles(
    'file-of-11-mib',
    { 'a.yaml': `# ${'x'.repeat(11 * MIB)}` },
    { reason: 'RenderFailed', says: /the file has 11 MiB, and 10 MiB are allowed/ },
  ),
  kindOfFiles(
    'zlib-bomb',
    { 'a.yaml': Buffer.alloc(100 * MIB) },
    { reason: 'RenderFailed', says: /the file has 100 MiB, and 10 MiB are allowed/ },
  ),
  kindOfEntries('files-100k', (repository) => treeBomb(repository, 100_000, 1), {
    reason: 'SourceTooLarge',
    says: /10000\d manifest files, and 20000 are allowed/,
  }),
  {
    name: 'files-300k-elsewhere',
    // No harm is meant: a repository of this size with a small path works, with a kustomization, too.
    ...{ reason: 'Applied', says: /1 object/, isApplied: true },
    fill: async (repository) => {
      const [elsewhere] = await treeBomb(repository, 100_000, 1);
      const copies = ['x', 'y', 'z'].map((name) => ({ mode: '40000', name, oid: elsewhere?.oid ?? '' }));
      const app = await writeObject(
        repository,
        'tree',
        rawTree([
          {
            mode: '100644',
            name: 'a.yaml',
            oid: await writeObject(repository, 'blob', stowaway('files-300k-elsewhere')),
          },
          {
            mode: '100644',
            name: 'kustomization.yaml',
            oid: await writeObject(repository, 'blob', 'resources: [a.yaml]\n'),
          },
        ]),
      );
      const root = rawTree([{ mode: '40000', name: 'app', oid: app }, ...copies]);
      await commitTree(repository, await writeObject(repository, 'tree', root));
      return { source: { url: '', path: 'app' } };
    },
  },
  kindOfEntries('tree-bomb', (repository) => treeBomb(repository, 10, 10), {
    reason: 'SourceTooLarge',
    says: /more than 200000 files and folders/,
  }),
  kindOfEntries('folders-1500-deep', (repository) => deepFolders(repository, 1_500), {
    reason: 'RenderFailed',
    says: /the name of the file is/,
  }),
  kindOfEntries(
    'name-of-10-kib',
    async (repository) => [
      { mode: '100644', name: `${'n'.repeat(10_000)}.yaml`, oid: await writeObject(repository, 'blob', '') },
    ],
    { reason: 'RenderFailed', says: /the name of the file is/ },
  ),
  kindOfEntries(
    'name-of-controls',
    async (repository) => [
      {
        mode: '100644',
        name: '\u001b[2J\u001b]0;owned\u0007\nok.yaml',
        oid: await writeObject(repository, 'blob', ''),
      },
    ],
    { reason: 'RenderFailed', says: /control character/ },
  ),
  kindOfEntries(
    'name-not-utf-8',
    async (repository) => [
      {
        mode: '100644',
        name: Buffer.from([0xff, 0xfe, 0x2e, 0x79, 0x6d, 0x6c]),
        oid: await writeObject(repository, 'blob', ''),
      },
    ],
    { reason: 'RenderFailed', says: /not UTF-8/ },
  ),
  kindOfEntries('ignore-lists', manyIgnoreLists, {
    reason: 'RenderFailed',
    says: /more than 1000 lists of what to ignore/,
  }),
  kindOfFiles(
    'ignore-patterns',
    {
      '.signetignore': Array.from({ length: 400 }, (_, index) => `${'*a'.repeat(60)}*b${index}`).join('\n'),
      ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${'a'.repeat(200)}${index}.yaml`, ''])),
    },
    { reason: 'RenderFailed', says: /\.signetignore/ },
  ),
];
