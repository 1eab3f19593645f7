/** @module Settings that installations have and that change nothing here: checked as the others, and told of once. */
import { parseGoNumber } from './go-values.ts';
import type { Settings } from './settings.ts';

const UNLIMITED = 'requests are not limited here, the API server says when to wait';
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ['kubeclient-qps', UNLIMITED],
  ['kubeclient-burst', UNLIMITED],
  ['max-unseal-retries', 'an object is tried again until it unseals'],
]);

/** One sentence for each such setting that was given. */
export function readNotices(settings: Settings): readonly string[] {
  const notices: string[] = [];
  for (const [name, why] of NUMBERS) {
    settings.read(name, { parse: parseGoNumber, expected: 'a number', fallback: 0 });
    const source = settings.sourceOf(name);
    if (source !== null) notices.push(`${source} has no effect: ${why}`);
  }
  const source = settings.sourceOf('watch-for-secrets');
  if (source !== null && !settings.switch('watch-for-secrets')) {
    notices.push(`${source} has no effect: key Secrets are always watched`);
  }
  return Object.freeze(notices);
}
