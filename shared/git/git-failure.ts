/** @module Finds the cause in what git, ssh and the remote said, and words it for a person. Every text passes the redactor. */
import { GitError, type GitErrorCode } from './errors.ts';
import { findHostKeyFault } from './host-key-fault.ts';
import type { Redact } from './redact.ts';

/** What was being done, for the message. */
export interface FailureContext {
  /** As in "cannot fetch". */
  readonly action: string;
  /** The address as it may be shown. */
  readonly url: string;
  /** Whether the remote was reached by ssh. What others say of host keys is said by the remote. */
  readonly isSsh: boolean;
  readonly redact: Redact;
}

interface Rule {
  readonly pattern: RegExp;
  readonly code: GitErrorCode;
  /** Replaces git's own words where they would puzzle; null quotes them. */
  readonly says: string | null;
  readonly hint?: string;
}

/** The first match decides, so the more specific ones come first. */
const RULES: readonly Rule[] = [
  {
    pattern:
      /could not read (?:Username|Password) for|Authentication failed|returned error: 40[137]\b|Permission denied \(|Invalid username or (?:password|token)/i,
    code: 'GIT_AUTH_REJECTED',
    says: 'the server did not accept the credentials',
    hint: 'check the Secret of secretRef, and that its account may read the repository; an ssh identity must have no passphrase',
  },
  {
    pattern:
      /SSL certificate problem|server certificate verification failed|SSL: no alternative certificate subject name|certificate subject name .* does not match/i,
    code: 'GIT_TLS_REJECTED',
    says: null,
    hint: 'add the certificate of its issuer to the Secret as ca.crt',
  },
  {
    pattern:
      /TLS fatal alert|alert (?:certificate required|bad certificate|unknown ca|handshake failure)|client certificate/i,
    code: 'GIT_AUTH_REJECTED',
    says: 'the server wants a client certificate, or does not accept this one',
    hint: 'put the certificate and its key into the Secret of secretRef, as tls.crt and tls.key',
  },
  {
    pattern: /returned error: 30\d\b|unable to update url base from redirection/i,
    code: 'GIT_REDIRECTED',
    says: 'the server redirects to another address, and credentials do not follow redirects',
    hint: 'use the final address in url',
  },
  {
    pattern:
      /repository '.*' not found|returned error: 404\b|Repository not found|does not appear to be a git repository|project you were looking for could not be found/i,
    code: 'GIT_REPOSITORY_NOT_FOUND',
    says: 'there is no such repository, or these credentials may not see it',
  },
  {
    pattern: /attempting to allocate \d+ over limit/i,
    code: 'GIT_TREE_TOO_LARGE',
    says: 'one object that is no plain file, or one answer of the server, has more than 128 MiB',
  },
  {
    pattern: /fsck error in packed object/i,
    code: 'GIT_CONTENT_REFUSED',
    says: null,
    hint: 'the history holds a malformed object: rewrite the commit that brought it, or start from a fresh one',
  },
  {
    pattern: /cannot run ssh|ssh: (?:command )?not found/i,
    code: 'GIT_MISSING',
    says: 'there is no ssh program on the PATH',
  },
  {
    pattern:
      /Could not resolve (?:host|proxy|hostname)|Failed to connect|Could not connect|Couldn't connect|Connection (?:refused|timed out|reset|closed)|Network is unreachable|No route to host|Operation (?:timed out|too slow)|returned error: (?:429|5\d\d)\b|early EOF|hung up unexpectedly|unexpected disconnect|Empty reply|unable to access/i,
    code: 'GIT_UNREACHABLE',
    says: null,
  },
  {
    pattern:
      /is corrupt|is empty|bad object|unable to (?:create|read|write)|No space left|shallow file has changed|not a git repository|bad config|index-pack|did not send all necessary|inflate|packfile|could not parse commit/i,
    code: 'GIT_MIRROR_DAMAGED',
    says: null,
  },
];

const MAX_DETAIL = 400;
/** What is looked at of a line to find its cause: git's own words are shorter, and patterns take their time with what a host made for them. */
const MAX_LINE = 4_000;
const SSH_LOG = /^(?:debug\d:|OpenSSH_|Authenticated to|Authenticating to|Transferred:|Bytes per second)/;

/** The error that `stderr` of a failed git program amounts to; `GIT_FAILED` with git's own words when it is none of the known ones. */
export function toGitError(stderr: string, context: FailureContext): GitError {
  const head = `cannot ${context.action} ${context.url}`;
  const hostKey = context.isSsh ? findHostKeyFault(stderr) : null;
  if (hostKey !== null) {
    return new GitError('GIT_HOST_KEY_MISMATCH', `${head}: ${context.redact(hostKey)}`, {
      hint: 'compare the fingerprint with what the host publishes, then bring known_hosts in the Secret up to date',
    });
  }
  const spoken = spokenLines(stderr);
  const begins = spoken.map((line) => line.slice(0, MAX_LINE));
  const rule = RULES.find(({ pattern }) => begins.some((line) => pattern.test(line)));
  const says = rule?.says ?? quoteOutput(spoken, context.redact);
  return new GitError(
    rule?.code ?? 'GIT_FAILED',
    `${head}: ${says}`,
    rule?.hint === undefined ? {} : { hint: rule.hint },
  );
}

/** Beside control characters, those that reorder or hide what is read. */
const UNWANTED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The lines of `stderr` that are no log of ssh, without control characters. */
function spokenLines(stderr: string): string[] {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.replace(UNWANTED, ' ').trim());
  return lines.filter((line) => line !== '' && !SSH_LOG.test(line));
}

/** The telling ones of `lines`, without secrets, and cut to a length for a status. */
function quoteOutput(lines: readonly string[], redact: Redact): string {
  const faults = lines.filter((line) => /^(?:fatal|error|remote|ssh):/i.test(line));
  const words = (faults.length > 0 ? faults : lines).map((line) => line.replace(/^(?:fatal|error): /i, ''));
  const text = [...new Set(words)].map(redact).join('; ');
  if (text === '') return 'git said nothing';
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}…` : text;
}
