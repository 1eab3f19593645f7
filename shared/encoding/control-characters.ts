/**
 * @module Control characters, to stand within the brackets of a regular expression. Written as ranges: to understand `\p{Cc}` the
 * engine walks through all of Unicode, about a millisecond for each expression at each start of a program.
 */

/** Unicode's category Cc without tab, line feed and carriage return. */
export const CONTROLS_BUT_BLANKS = String.raw`\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f`;

/** Unicode's category Cc. */
export const CONTROLS = String.raw`${CONTROLS_BUT_BLANKS}\t\n\r`;
