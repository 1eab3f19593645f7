import { describe, expect, test } from 'vitest';
import { toGitError } from '../../../../shared/git/git-failure.ts';
import { createRedactor } from '../../../../shared/git/redact.ts';

const CONTEXT = {
  action: 'fetch',
  url: 'https://git.example.com/x.git',
  isSsh: false,
  redact: createRedactor(['canary']),
};

describe('toGitError', () => {
  test('believes ssh alone that the key of a host is another one', () => {
    const stderr =
      'fatal: remote error: no\nHost key verification failed.\ndebug1: Server host key: \u001b[2J SHA256:x';
    expect(toGitError(stderr, CONTEXT).code).toBe('GIT_FAILED');
    expect(toGitError(stderr, { ...CONTEXT, isSsh: true }).code).toBe('GIT_HOST_KEY_MISMATCH');
  });

  test.each([
    ["fatal: could not read Username for 'https://git.example.com': terminal prompts disabled", 'GIT_AUTH_REJECTED'],
    [
      "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://git.example.com/x.git/'",
      'GIT_AUTH_REJECTED',
    ],
    [
      "fatal: unable to access 'https://git.example.com/x.git/': The requested URL returned error: 403",
      'GIT_AUTH_REJECTED',
    ],
    [
      'git@git.example.com: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'GIT_AUTH_REJECTED',
    ],
    [
      "fatal: unable to access 'https://git.example.com/x/': SSL certificate problem: self-signed certificate",
      'GIT_TLS_REJECTED',
    ],
    [
      "fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none CRLfile: none",
      'GIT_TLS_REJECTED',
    ],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 301", 'GIT_REDIRECTED'],
    [
      'fatal: attempting to allocate 1073741825 over limit 134217728\nfatal: fetch-pack: invalid index-pack output',
      'GIT_TREE_TOO_LARGE',
    ],
    ["fatal: repository 'https://git.example.com/x.git/' not found", 'GIT_REPOSITORY_NOT_FOUND'],
    ['ERROR: Repository not found.\nfatal: Could not read from remote repository.', 'GIT_REPOSITORY_NOT_FOUND'],
    ["fatal: '/srv/x' does not appear to be a git repository", 'GIT_REPOSITORY_NOT_FOUND'],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'GIT_UNREACHABLE'],
    ["fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused", 'GIT_UNREACHABLE'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 503", 'GIT_UNREACHABLE'],
    [
      'ssh: connect to host x port 22: No route to host\nfatal: Could not read from remote repository.',
      'GIT_UNREACHABLE',
    ],
    ['fatal: the remote end hung up unexpectedly\nfatal: early EOF', 'GIT_UNREACHABLE'],
    ['error: cannot run ssh: No such file or directory\nfatal: unable to fork', 'GIT_MISSING'],
    ['error: object 12: hasDotgit: contains .git\nfatal: fsck error in packed object', 'GIT_CONTENT_REFUSED'],
    ['error: object file ./objects/ab/cd is empty\nfatal: loose object abcd is corrupt', 'GIT_MIRROR_DAMAGED'],
    ['fatal: write error: No space left on device', 'GIT_MIRROR_DAMAGED'],
    ['fatal: something never seen', 'GIT_FAILED'],
    ['', 'GIT_FAILED'],
  ])('reads %j as %s', (stderr, code) => {
    const error = toGitError(stderr, CONTEXT);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^cannot fetch https:\/\/git\.example\.com\/x\.git: \S/);
  });

  test('quotes one line without secrets, control characters and the log of ssh', () => {
    const stderr =
      'debug1: Connection refused\nOpenSSH_9.2\nnoise\nremote: \u001b[31mcanary https://u:p@h/\nfatal: odd\rfatal: odd\n';
    expect(toGitError(stderr, CONTEXT)).toMatchObject({
      code: 'GIT_FAILED',
      message: 'cannot fetch https://git.example.com/x.git: remote:  [31m*** https://***@h/; odd',
    });
  });

  test('quotes nothing that reorders or hides what is read', () => {
    const { message } = toGitError('remote: \u202eevil\u200b\u2028text\u2066', CONTEXT);
    expect(message).toBe('cannot fetch https://git.example.com/x.git: remote:  evil  text');
  });

  test('cuts what a remote can make as long as it likes', () => {
    expect(toGitError(`fatal: ${'x'.repeat(10_000)}`, CONTEXT).message.length).toBeLessThan(500);
  });
});
