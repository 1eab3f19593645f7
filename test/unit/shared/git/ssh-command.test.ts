import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { composeSshCommand } from '../../../../shared/git/ssh-command.ts';

test('composeSshCommand survives a shell word by word', async () => {
  const files = { identity: "/a b/it's $HOME `x` 100%/id", knownHosts: '/k' };
  // As git does: the command, then its own arguments.
  const script = composeSshCommand(files).replace(/^'ssh'/, 'printf "%s\\n"');
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script]);
  const words = stdout.split('\n');
  expect(words.slice(0, 6)).toEqual([
    '-F',
    'none',
    '-o',
    `IdentityFile="/a b/it's $HOME \`x\` 100%%/id"`,
    '-o',
    'UserKnownHostsFile="/k"',
  ]);
  expect(words).toEqual(expect.arrayContaining(['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes']));
});

test.each(['/a"b', '/a\\b', '/a\nb', 'relative'])('composeSshCommand refuses the path %j', (identity) => {
  expect(() => composeSshCommand({ identity, knownHosts: '/k' })).toThrow(
    expect.objectContaining({ code: 'GIT_FAILED' }),
  );
});
