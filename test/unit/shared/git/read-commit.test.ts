import { expect, test } from 'vitest';
import { readCommit } from '../../../../shared/git/read-commit.ts';

const TREE = `tree ${'a'.repeat(40)}`;

/** What is read of a commit object that git stores as `bytes`. */
function read(bytes: Uint8Array) {
  const git: Parameters<typeof readCommit>[0] = {
    read: async (_args, { onOutput }) => {
      onOutput?.(Buffer.from(bytes));
      return Buffer.alloc(0);
    },
  };
  return readCommit(git, { mirror: '/', commit: 'a'.repeat(40), signal: undefined });
}

function parse(...lines: readonly string[]) {
  return read(new TextEncoder().encode(lines.join('\n')));
}

test('a commit gives its subject, author, time and parents', async () => {
  const commit = await parse(
    TREE,
    `parent ${'b'.repeat(40)}`,
    `parent ${'c'.repeat(40)}`,
    'author Ann Doe <ann@example.com> 1700000000 +0100',
    'committer Bob <bob@example.com> 1700000007 -0330',
    'gpgsig -----BEGIN SSH SIGNATURE-----',
    ' parent dddd',
    ' -----END SSH SIGNATURE-----',
    '',
    'Raise the limits',
    'of the shop',
    '',
    'Because of the sale.',
  );
  expect(commit).toEqual({
    subject: 'Raise the limits of the shop',
    author: 'Ann Doe',
    committedAt: 1_700_000_007,
    parents: ['b'.repeat(40), 'c'.repeat(40)],
  });
});

test('control characters, bidirectional controls and long texts do not come through', async () => {
  const commit = await parse(
    TREE,
    `author \u001b]0;x\u0007${'y'.repeat(500)} <a@example.com> 1 +0000`,
    'committer B <b@example.com> 1 +0000',
    '',
    `\u001b[31m\u202eevil\u2066\r${'😀'.repeat(400)}`,
  );
  expect(commit.subject).toBe(`[31m evil ${'😀'.repeat(109)}…`);
  expect(Array.from(commit.author)).toHaveLength(80);
  expect(commit.subject + commit.author).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test.each([
  [
    'no message',
    [TREE, 'author A <a@example.com> 1 +0000', 'committer A <a@example.com> 9 +0000'],
    { author: 'A', committedAt: 9 },
  ],
  ['no author', [TREE, '', 'words'], { subject: 'words', author: '', committedAt: 0 }],
  ['a nameless author', [TREE, 'author <a@example.com> 1 +0000', '', 'w'], { author: 'a@example.com' }],
  ['a time that is none', [TREE, 'committer A <a@example.com> soon', '', 'w'], { committedAt: 0 }],
  ['a header in the message', [TREE, '', 'parent x', `parent ${'b'.repeat(40)}`], { parents: [] }],
] as const)('a commit with %s is read as far as it goes', async (_what, lines, expected) => {
  expect(await parse(...lines)).toMatchObject(expected);
});

test('bytes that are no text are replaced', async () => {
  expect((await read(Uint8Array.of(0xff, 0xfe, 0x0a, 0x0a, 0x41, 0xff))).subject).toBe('A\ufffd');
});
