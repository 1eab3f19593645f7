/** @module Mistakes in the bytes of one value: encoded once too often, or saved by a tool that added something. */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { LintCode } from './errors.ts';
import type { LintFinding } from './lint-finding.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Shorter text is base64 of other text by chance too often. */
const MIN_DECODED_BYTES = 6;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What is wrong with the value of `key`; the first cause only where one leads to the other. */
export function lintValue(key: string, value: SecretBytes): readonly LintFinding[] {
  const bytes = value.expose();
  if (isUtf16(bytes)) {
    return [
      finding(
        'LINT_UTF16',
        key,
        'is UTF-16 text, which few programs expect',
        'save it as UTF-8 without a byte-order mark',
      ),
    ];
  }
  return [...markFindings(key, bytes), ...encodingFindings(key, bytes), ...lineFindings(key, bytes)];
}

function markFindings(key: string, bytes: Uint8Array): readonly LintFinding[] {
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return [];
  return [
    finding('LINT_BYTE_ORDER_MARK', key, 'begins with a byte-order mark', 'save it as UTF-8 without a byte-order mark'),
  ];
}

function encodingFindings(key: string, bytes: Uint8Array<ArrayBuffer>): readonly LintFinding[] {
  if (!isBase64OfText(bytes)) return [];
  return [
    finding(
      'LINT_ENCODED_TWICE',
      key,
      'looks base64-encoded already',
      'seal the plain value: data is decoded once, and stringData and files never',
    ),
  ];
}

function lineFindings(key: string, bytes: Uint8Array): readonly LintFinding[] {
  const first = bytes.indexOf(LINE_FEED);
  if (first < 0) return [];
  if (first === bytes.length - 1) {
    const hint = "write it without one, for example with printf '%s' in place of echo";
    return [finding('LINT_ENDS_IN_LINE_BREAK', key, 'is one line that ends in a line break', hint)];
  }
  if (bytes[first - 1] !== CARRIAGE_RETURN || decodeUtf8(bytes as Uint8Array<ArrayBuffer>) === null) return [];
  return [finding('LINT_WINDOWS_LINE_ENDS', key, 'has Windows line ends', 'save it with line feeds only')];
}

/** By its mark, or because every second byte of what looks like ASCII is zero. */
function isUtf16(bytes: Uint8Array): boolean {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return false;
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const zeroAt = first === 0 ? 0 : 1;
  return bytes.every((byte, at) => (at % 2 === zeroAt ? byte === 0 : isPrintable(byte)));
}

function isBase64OfText(bytes: Uint8Array<ArrayBuffer>): boolean {
  const text = decodeUtf8(bytes.subarray(0, endOfText(bytes))) ?? '';
  if (text.length % 4 !== 0 || !BASE64.test(text)) return false;
  const decoded = tryDecodeBase64(text);
  if (typeof decoded === 'number') return false;
  const isText = decoded.length >= MIN_DECODED_BYTES && decoded.every(isPrintable);
  decoded.fill(0);
  return isText;
}

/** Where the line breaks at the end begin. */
function endOfText(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== LINE_FEED && byte !== CARRIAGE_RETURN) + 1;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

function finding(code: LintCode, key: string, problem: string, hint: string): LintFinding {
  return { code, key, message: `${JSON.stringify(key)} ${problem}`, hint };
}
