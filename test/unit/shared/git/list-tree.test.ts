import { expect, test } from 'vitest';
import { parseTreeListing } from '../../../../shared/git/list-tree.ts';

const ID = 'a'.repeat(40);

function listing(...lines: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from([0])]));
}

test('parseTreeListing tells files, links, folders and submodules', () => {
  const output = listing(
    `100644 blob ${ID}\ta.yaml`,
    `100755 blob ${ID}\tb b\t.sh`,
    `120000 blob ${ID}\tlink`,
    `040000 tree ${ID}\tfolder`,
    `160000 commit ${ID}\tmodule`,
  );
  expect(parseTreeListing(output, 'root').map(({ path, kind, oid }) => [path, kind, oid])).toEqual([
    ['root/a.yaml', 'file', ID],
    ['root/b b\uFFFD.sh', 'file', ID],
    ['root/link', 'symlink', ID],
    ['root/folder', 'folder', ID],
    ['root/module', 'submodule', ID],
  ]);
});

test('parseTreeListing marks names that are no text, hold control characters or are too long, and keeps their extension', () => {
  const output = listing(
    Buffer.concat([Buffer.from(`100644 blob ${ID}\t`), Buffer.from([0xff]), Buffer.from('.yaml')]),
    `100644 blob ${ID}\tline\nbreak.yaml`,
    `100644 blob ${ID}\tturned\u202elmay.yaml`,
    `100644 blob ${ID}\tline\u2028break.yaml`,
    `100644 blob ${ID}\t${'x/'.repeat(3000)}end.yaml`,
  );
  for (const entry of parseTreeListing(output, '')) {
    expect(entry.isNameValid).toBe(false);
    expect(entry.path).toMatch(/^[^\p{Cc}\u202e\u2028]{1,201}\.yaml$/u);
  }
});

test('parseTreeListing leaves out what is no entry, and an entry that is cut off', () => {
  expect(parseTreeListing(listing('nonsense', ''), '')).toEqual([]);
  expect(parseTreeListing(Buffer.from(`100644 blob ${ID}\ta.yaml`), '')).toEqual([]);
});
