/** @module Git hosts that lie: about objects, references, sizes and addresses. Their GitSyncs follow branch `main` of them. */
import { deflateSync } from 'node:zlib';
import type { HostileKind } from './hostile-kind.ts';
import { FLUSH, type HostileAnswers, packet, packHead, sideBand, writeForever } from './hostile-remote.ts';
import { copyingDelta, oidOf, type PackedObject, packOf, rawTree } from './raw-objects.ts';

const MIB = 1024 * 1024;
const COMMIT = 'c'.repeat(40);

/** A host, and what becomes of whoever follows it. */
export interface HostileHost extends Pick<HostileKind, 'name' | 'reason' | 'says'> {
  readonly answers: HostileAnswers;
  /** The host never comes to an end: it is refused when it has sent so much that this takes a while. */
  readonly isEndless?: boolean;
}

/** Tells that `main` is `commit`. */
function references(commit: string): NonNullable<HostileAnswers['references']> {
  return (response) => response.end(Buffer.concat([packet(`${commit} refs/heads/main\n`), FLUSH]));
}

/** A host whose only answer to a fetch is `pack`. */
function packHost(commit: string, pack: () => Uint8Array): HostileAnswers {
  return {
    references: references(commit),
    objects: (response) => response.end(Buffer.concat([packHead(commit), sideBand(pack()), FLUSH])),
  };
}

/** An honest commit, with a tree of one file that has `content`. */
function honest(content: Uint8Array): { readonly commit: string; readonly objects: readonly PackedObject[] } {
  const tree = rawTree([{ mode: '100644', name: 'a.yaml', oid: oidOf('blob', content) }]);
  const who = 'A <a@example.com> 1 +0000';
  const commit = Buffer.from(`tree ${oidOf('tree', tree)}\nauthor ${who}\ncommitter ${who}\n\nx\n`);
  return {
    commit: oidOf('commit', commit),
    objects: [
      { type: 'commit', content: commit },
      { type: 'tree', content: tree },
      { type: 'blob', content },
    ],
  };
}

const small = honest(Buffer.from('a: 1\n'));

function damaged(): Buffer {
  const pack = packOf(small.objects);
  pack[30] = (pack[30] ?? 0) ^ 0xff;
  return pack;
}

/** A delta that becomes 4 GiB. */
function deltaBomb(): Buffer {
  const base = Buffer.alloc(MIB);
  const delta = copyingDelta(base.length, base.length, 4_095);
  return packOf([
    ...small.objects,
    { type: 'blob', content: base },
    { type: 'delta', base: oidOf('blob', base), content: delta },
  ]);
}

/** A folder of 200 MiB, in 200 KiB. */
function treeOfZeros(): Buffer {
  const size = 200 * MIB;
  return packOf([
    ...small.objects,
    { type: 'tree', content: Buffer.alloc(0), size, deflated: deflateSync(Buffer.alloc(size)) },
  ]);
}

function escapes(response: Parameters<NonNullable<HostileAnswers['references']>>[0]): void {
  response.end(packet('ERR \u001b[2J\u001b]0;owned\u0007 https://user:hunter2secret@example.com/ go away\n'));
}

/** All of them; `forbidden` is an address that nobody may ask. */
export function hostileHosts(forbidden: string): readonly HostileHost[] {
  return [
    { name: 'pack-damaged', reason: 'SourceFailed', says: /inflate/, answers: packHost(small.commit, damaged) },
    {
      name: 'pack-cut-off',
      reason: 'SourceUnreachable',
      says: /early EOF/,
      answers: packHost(small.commit, () => packOf(small.objects).subarray(0, 60)),
    },
    {
      name: 'pack-of-another-commit',
      reason: 'SourceFailed',
      says: /bad object|did not send all necessary objects/,
      answers: packHost(COMMIT, () => packOf(small.objects)),
    },
    {
      name: 'pack-without-files',
      reason: 'SourceFailed',
      says: /Not a valid object name/,
      answers: packHost(small.commit, () => packOf(small.objects.slice(0, 1))),
    },
    {
      name: 'pack-of-millions',
      reason: 'SourceFailed',
      says: /index-pack|size_t overflow/,
      answers: packHost(small.commit, () => {
        const pack = packOf(small.objects);
        pack.writeUInt32BE(0xffff_ffff, 8);
        return pack;
      }),
    },
    {
      name: 'pack-delta-bomb',
      reason: 'SourceTooLarge',
      says: /more than 128 MiB/,
      answers: packHost(small.commit, deltaBomb),
    },
    {
      name: 'pack-folder-of-200-mib',
      reason: 'SourceTooLarge',
      says: /more than 128 MiB/,
      answers: packHost(small.commit, treeOfZeros),
    },
    {
      name: 'pack-endless',
      reason: 'SourceTooLarge',
      says: /sends more than 128 MiB/,
      isEndless: true,
      answers: {
        references: references(small.commit),
        objects: (response) => {
          const blob = packOf([
            { type: 'blob', content: Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))) },
          ]).subarray(12, -20);
          const head = Buffer.from(packOf([]).subarray(0, 12));
          head.writeUInt32BE(1_000_000, 8);
          response.write(Buffer.concat([packHead(small.commit), sideBand(head)]));
          writeForever(response, Buffer.concat(Array.from({ length: 16 }, () => sideBand(blob))));
        },
      },
    },
    {
      name: 'words-endless',
      reason: 'SourceTooLarge',
      says: /says more than 4 MiB/,
      answers: {
        references: references(small.commit),
        objects: (response) => {
          response.write(packHead(small.commit));
          writeForever(response, sideBand(Buffer.from('counting and counting\n'.repeat(2_000)), 2));
        },
      },
    },
    {
      name: 'references-endless',
      reason: 'SourceTooLarge',
      says: /more than 320 MiB of memory|128 MiB/,
      isEndless: true,
      answers: {
        references: (response) => {
          const lines = Array.from({ length: 1_000 }, (_, index) =>
            packet(`${COMMIT} refs/heads/${'x'.repeat(900)}${index}/main\n`),
          );
          writeForever(response, Buffer.concat(lines));
        },
      },
    },
    {
      name: 'advertisement-endless',
      reason: 'SourceTooLarge',
      says: /more than 128 MiB/,
      isEndless: true,
      answers: {
        all: (_request, response) => {
          response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
          response.write(Buffer.concat([packet('# service=git-upload-pack\n'), FLUSH, packet('version 2\n')]));
          writeForever(response, packet(`x=${'y'.repeat(60_000)}\n`));
        },
      },
    },
    {
      name: 'references-with-escapes',
      reason: 'SourceFailed',
      says: /invalid ls-refs response/,
      answers: {
        references: (response) =>
          response.end(
            Buffer.concat([
              packet(`${small.commit} refs/heads/main\u001b[2J\n`),
              packet('zz refs/heads/main\n'),
              packet(`${small.commit}\u001b[2J refs/heads/main\n`),
              FLUSH,
            ]),
          ),
      },
    },
    { name: 'banner-with-escapes', reason: 'SourceFailed', says: /go away/, answers: { references: escapes } },
    {
      name: 'redirect',
      reason: 'SourceRefused',
      says: /redirects/,
      answers: {
        all: (request, response) => response.writeHead(302, { location: `${forbidden}${request.url ?? ''}` }).end(),
      },
    },
    {
      name: 'dumb-alternates',
      reason: 'SourceFailed',
      says: /dumb http transport/,
      answers: {
        all: (request, response) => {
          const at = request.url ?? '';
          response.setHeader('content-type', 'text/plain');
          if (at.includes('/info/refs')) response.end(`${small.commit}\trefs/heads/main\n`);
          else if (at.endsWith('/HEAD')) response.end('ref: refs/heads/main\n');
          else if (at.endsWith('alternates')) response.end(`${forbidden}/objects\n`);
          else response.writeHead(404).end();
        },
      },
    },
    {
      name: 'page-of-html',
      reason: 'SourceFailed',
      says: /is this a git repository\?/,
      answers: {
        all: (_request, response) =>
          response
            .writeHead(200, { 'content-type': 'text/html' })
            .end('<!doctype html>\n<script>alert(1)</script>\n'.repeat(1_000)),
      },
    },
    {
      name: 'gzip-bomb',
      reason: 'SourceTooLarge',
      says: /more than 128 MiB/,
      answers: {
        all: (_request, response) =>
          response
            .writeHead(200, {
              'content-type': 'application/x-git-upload-pack-advertisement',
              'content-encoding': 'deflate',
            })
            .end(deflateSync(Buffer.alloc(200 * MIB, 'x'))),
      },
    },
  ];
}
