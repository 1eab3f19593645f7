/** @module The ssh program's command line: one identity, one list of known hosts, and nothing of the machine's own set-up. */
import { GitError } from './errors.ts';

/** The private files that one connection uses, as absolute paths. */
export interface SshFiles {
  readonly identity: string;
  readonly knownHosts: string;
}

const OPTIONS: readonly string[] = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'GlobalKnownHostsFile=/dev/null',
  'UpdateHostKeys=no',
  'CheckHostIP=no',
  'VerifyHostKeyDNS=no',
  'IdentitiesOnly=yes',
  'IdentityAgent=none',
  'PreferredAuthentications=publickey',
  'PasswordAuthentication=no',
  'KbdInteractiveAuthentication=no',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'ControlMaster=no',
  'ControlPath=none',
  'ConnectTimeout=15',
  'ServerAliveInterval=15',
  'ServerAliveCountMax=2',
  // Names the server's host key, which the failure message repeats; the rest of this output is dropped.
  'LogLevel=DEBUG1',
];

/**
 * The value of GIT_SSH_COMMAND. Git hands it to a shell, so every word is quoted; nothing in it comes from a GitSync or a repository.
 * @throws GitError `GIT_FAILED` when a path holds a character that ssh cannot be given
 */
export function composeSshCommand(files: SshFiles): string {
  // Not `-i`, which looks for the file before it expands the name.
  const paths = [`IdentityFile="${sshPath(files.identity)}"`, `UserKnownHostsFile="${sshPath(files.knownHosts)}"`];
  const words = ['ssh', '-F', 'none'];
  for (const option of [...paths, ...OPTIONS]) words.push('-o', option);
  return words.map(quoteForShell).join(' ');
}

/** ssh expands `%` and splits at quotes inside of paths. */
function sshPath(path: string): string {
  if (/["\\\p{Cc}]/u.test(path) || !path.startsWith('/')) {
    throw new GitError(
      'GIT_FAILED',
      'cannot use ssh: the path of the cache folder holds a quote, a backslash or a control character',
    );
  }
  return path.replaceAll('%', '%%');
}

function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
