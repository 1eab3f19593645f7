/**
 * @module The text of a file as people save it: UTF-8 with or without a byte-order mark, and the UTF-16 that
 * PowerShell writes.
 */
import { decodeUtf8 } from './bytes.ts';
import { EncodingError } from './errors.ts';

/**
 * The text of `bytes` without its byte-order mark. UTF-16 is known by its mark or by its zero bytes.
 * @param where names the source in the message, for example a path.
 * @throws EncodingError TEXT_NOT_UTF8
 */
export function decodeInputText(bytes: Uint8Array, where: string): string {
  const utf16 = utf16LabelOf(bytes);
  const text = utf16 === null ? decodeUtf8(bytes) : decodeUtf16(bytes, utf16);
  if (text === null) {
    throw new EncodingError('TEXT_NOT_UTF8', `cannot read ${where}: not UTF-8 text`, {
      hint: 'save the file as UTF-8',
    });
  }
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function utf16LabelOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: manifests begin with an ASCII character, whose other byte is zero. No UTF-8 text that we
  // accept holds a zero byte.
  if (bytes.length < 2 || bytes.length % 2 !== 0) return null;
  if (first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== 0) return 'utf-16be';
  return null;
}

function decodeUtf16(bytes: Uint8Array, label: 'utf-16le' | 'utf-16be'): string | null {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
