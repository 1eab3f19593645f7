/** @module The order of resourceVersions, which Kubernetes promises for every object that it stores itself. */

const DECIMAL = /^[1-9]\d*$/;

/**
 * True when `candidate` was written after `reference`. Kubernetes' own and custom objects carry decimal numbers of any
 * length, which compare as such; of an aggregated API's opaque texts only equality is known, so that every other text
 * counts as newer. So does one of which either is not known: believing the later message is the better guess.
 */
export function isNewerVersion(candidate: string | undefined, reference: string | undefined): boolean {
  if (candidate === undefined || reference === undefined) return true;
  if (candidate === reference) return false;
  if (!DECIMAL.test(candidate) || !DECIMAL.test(reference)) return true;
  return candidate.length === reference.length ? candidate > reference : candidate.length > reference.length;
}
