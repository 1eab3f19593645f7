/** @module Labels, annotations and label selectors as texts: read and checked by the rules of Kubernetes. */

const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DOMAIN = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
/** It travels in the address of each request; and the patterns' cost grows with the square of their input. */
const MAX_SELECTOR = 4_096;

/** True for a label or annotation key: a name, or a domain, a slash and a name. */
function isQualifiedName(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return NAME.test(text);
  return DOMAIN.test(text.slice(0, slash)) && NAME.test(text.slice(slash + 1));
}

/** True for what a label can hold: nothing, or at most 63 characters. */
export function isLabelValue(text: string): boolean {
  return text === '' || NAME.test(text);
}

/** The entries of `k=v,k=v`; null when one has no `=`, a wrong key, or a value that `isValue` does not take. The last of equal keys counts. */
export function parsePairs(text: string, isValue: (value: string) => boolean): Readonly<Record<string, string>> | null {
  const pairs: [string, string][] = [];
  for (const entry of splitList(text)) {
    const at = entry.indexOf('=');
    const [key, value] = [entry.slice(0, Math.max(at, 0)).trim(), entry.slice(at + 1).trim()];
    if (at < 0 || !isQualifiedName(key) || !isValue(value)) return null;
    pairs.push([key, value]);
  }
  return Object.freeze(Object.fromEntries(pairs));
}

/** The entries of a comma list, without blanks around them and without empty ones. */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

const SET = /^(\S+?)\s+(?:in|notin)\s*\(([^()]*)\)$/;
const COMPARISON = /^([^\s=!<>]+)\s*(==|=|!=|>|<)\s*([^\s=!<>]*)$/;

/** `text` when it is a label selector, such as `team=shop,tier in (a, b),!legacy`; else null. */
export function parseLabelSelector(text: string): string | null {
  if (text.length > MAX_SELECTOR) return null;
  const trimmed = text.trim();
  // Commas within parentheses do not part requirements.
  const requirements = trimmed === '' ? [] : trimmed.split(/,(?![^()]*\))/);
  return requirements.every((requirement) => isRequirement(requirement.trim())) ? trimmed : null;
}

function isRequirement(text: string): boolean {
  const [isSet, setKey = '', members = ''] = SET.exec(text) ?? [];
  if (isSet !== undefined) {
    return isQualifiedName(setKey) && members.split(',').every((member) => isLabelValue(member.trim()));
  }
  const [isComparison, key = '', operator, value = ''] = COMPARISON.exec(text) ?? [];
  if (isComparison === undefined) return isQualifiedName(text.replace(/^!\s*/, ''));
  const isNumber = /^-?\d{1,18}$/.test(value);
  return isQualifiedName(key) && (operator === '>' || operator === '<' ? isNumber : isLabelValue(value));
}
