/** @module The version of this program; a test keeps it equal to that of package.json. */

/** Semantic version with the leading `v` that tools of sealed-secrets look for. */
export const VERSION = 'v0.1.0';
