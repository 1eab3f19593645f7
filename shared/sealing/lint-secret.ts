/**
 * @module Finds what is probably a mistake in a Secret that is about to be sealed, since afterwards nobody can look. Nothing here
 * refuses anything, and no finding quotes a value.
 */
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { LintCode } from './errors.ts';
import { lintDockerConfig } from './lint-docker.ts';
import type { LintFinding, LintSubject } from './lint-finding.ts';
import { lintType } from './lint-type.ts';
import { lintValue } from './lint-value.ts';

const MAX_VALUE_BYTES = 1024 * 1024;
/** Findings that keep nobody from reading the value. */
const LINE_ENDS: readonly LintCode[] = ['LINT_ENDS_IN_LINE_BREAK', 'LINT_WINDOWS_LINE_ENDS'];

/**
 * Every finding, by key and then about the whole. The part that reads certificates is loaded only for Secrets that hold one.
 * @param now decides whether a certificate has expired
 */
export async function lintSecret(subject: LintSubject, now: Date): Promise<readonly LintFinding[]> {
  const findings = [...subject.values].flatMap(([key, value]) => lintOneValue(key, value, subject.type));
  return [...findings, ...(await lintTls(subject, now)), ...lintType(subject), ...lintSize(subject)];
}

function lintOneValue(key: string, value: SecretBytes, type: string | undefined): readonly LintFinding[] {
  const findings = lintValue(key, value);
  // What is encoded twice is no configuration either, for that one reason.
  const isReadable = findings.every(({ code }) => LINE_ENDS.includes(code));
  return isReadable ? [...findings, ...lintDockerConfig(key, value, type)] : findings;
}

/** The API server counts the bytes of all values together. */
function lintSize({ values }: LintSubject): readonly LintFinding[] {
  const size = [...values.values()].reduce((sum, value) => sum + value.length, 0);
  if (size <= MAX_VALUE_BYTES) return [];
  // Rounded up: a little more than the limit must not read as the limit.
  const found = Math.ceil((size / MAX_VALUE_BYTES) * 10) / 10;
  return [
    {
      code: 'LINT_TOO_LARGE',
      key: null,
      message: `its values have ${found} MiB, and no cluster takes a Secret with more than 1 MiB of them`,
      hint: 'keep what is so large elsewhere, or split it into several Secrets',
    },
  ];
}

async function lintTls({ type, values }: LintSubject, now: Date): Promise<readonly LintFinding[]> {
  const [certificate, key] = [values.get('tls.crt'), values.get('tls.key')];
  const isMeant = type === 'kubernetes.io/tls' || (certificate !== undefined && key !== undefined);
  if (!isMeant || (certificate === undefined && key === undefined)) return [];
  const { lintTlsPair } = await import('./lint-tls.ts');
  return lintTlsPair({ certificate, key }, now);
}
