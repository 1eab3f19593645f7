/**
 * @module PEM blocks to bytes and back. It knows labels and base64, not what a block holds.
 */
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { CertificateError, type MalformedCode } from './errors.ts';

/** One PEM block. `isEncrypted` is set by the old `Proc-Type: 4,ENCRYPTED` header, the only header with a meaning here. */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isEncrypted: boolean;
}

const LINE_LENGTH = 64;
const BEGIN = /^-----BEGIN ([A-Z0-9 ]{1,64})-----$/;
const HEADER = /^([A-Za-z0-9-]{1,64}):(.*)$/;

/**
 * Every block of `text`, in order; text around blocks is ignored, as are line endings, blanks around lines and headers.
 * @throws CertificateError `code` when a block has no end line, or its body is not base64.
 */
export function parsePemBlocks(text: string, code: MalformedCode = 'PEM_MALFORMED'): readonly PemBlock[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const blocks: PemBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const label = BEGIN.exec(lines[at] ?? '')?.[1];
    if (label === undefined) continue;
    const end = findEnd(lines, at + 1, label, code);
    blocks.push(parseBlock(label, lines.slice(at + 1, end), code));
    at = end;
  }
  return blocks;
}

/** `bytes` as one PEM block in lines of 64 characters, with a final newline. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function findEnd(lines: readonly string[], from: number, label: string, code: MalformedCode): number {
  const end = `-----END ${label}-----`;
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === end) return at;
    if (BEGIN.test(line)) break;
  }
  throw new CertificateError(code, `cannot read PEM block "${label}" of line ${from}: it has no end line`, {
    hint: 'the file was probably cut short: copy it again',
  });
}

function parseBlock(label: string, lines: readonly string[], code: MalformedCode): PemBlock {
  const headers = lines.filter((line) => HEADER.test(line));
  const body = lines.filter((line) => !HEADER.test(line)).join('');
  const isEncrypted = headers.some((line) => /^Proc-Type:\s*4\s*,\s*ENCRYPTED$/.test(line));
  try {
    return { label, bytes: decodeBase64(body), isEncrypted };
  } catch (cause) {
    throw new CertificateError(code, `cannot read PEM block "${label}": its body is not base64`, { cause });
  }
}
