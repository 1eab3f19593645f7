/** @module The order of resourceVersions of one kind, which Kubernetes defines as that of decimal numbers. */

/**
 * True when `version` is later than `than`, or when the two cannot be compared: then believing the newer message is the
 * better guess.
 */
export function isLaterVersion(version: string | undefined, than: string | undefined): boolean {
  if (version === undefined || than === undefined || !isDecimal(version) || !isDecimal(than)) return true;
  return version.length === than.length ? version > than : version.length > than.length;
}

function isDecimal(version: string): boolean {
  return /^(0|[1-9]\d*)$/.test(version);
}
