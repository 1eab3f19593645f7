/** @module The version of this program; a test keeps it equal to that of package.json. */

/** Semantic version. */
export const VERSION = '0.1.0';
