/**
 * @module The fields of an X.509 certificate (RFC 5280) that sealing needs. Signature and extensions are not looked
 * at: a sealing certificate is trusted for where it came from, not for who signed it.
 */
import { decodeUtf8, toHex } from '../encoding/bytes.ts';
import { CONTROLS } from '../encoding/control-characters.ts';
import { DER_TAG, type DerElement, DerReader } from './der-reader.ts';
import { CertificateError } from './errors.ts';
import { type RsaPublicNumbers, readForeignAlgorithm, readPublicNumbers } from './rsa-key.ts';

/** What a certificate of any kind of key says. `spki` is its SubjectPublicKeyInfo as it stands there. */
export interface AnyCertificateFields {
  readonly serialNumber: string;
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spki: Uint8Array<ArrayBuffer>;
}

/** What a certificate of an RSA key says. */
export interface CertificateFields extends AnyCertificateFields {
  readonly publicNumbers: RsaPublicNumbers;
}

const COMMON_NAME_OID = '550403';
const CONTROL = new RegExp(`[${CONTROLS}]`, 'g');

/**
 * Reads one DER certificate of an RSA key.
 * @throws CertificateError `CERT_MALFORMED`, `CERT_NOT_RSA`.
 */
export function parseCertificateFields(der: Uint8Array<ArrayBuffer>): CertificateFields {
  const fields = parseAnyCertificate(der);
  return { ...fields, publicNumbers: publicNumbersOf(fields.spki) };
}

/**
 * Reads one DER certificate, whatever kind of key it holds.
 * @throws CertificateError `CERT_MALFORMED`.
 */
export function parseAnyCertificate(der: Uint8Array<ArrayBuffer>): AnyCertificateFields {
  const outer = new DerReader(der, 'CERT_MALFORMED');
  const certificate = outer.enter(DER_TAG.sequence, 'the certificate');
  outer.expectEnd('the certificate');
  const signed = certificate.enter(DER_TAG.sequence, 'the signed part');
  certificate.read(DER_TAG.sequence, 'the signature algorithm');
  certificate.readBitString('the signature');
  certificate.expectEnd('the signature');

  if (signed.peekTag() === DER_TAG.version) signed.readAny('the version');
  const serialNumber = serialText(signed.read(DER_TAG.integer, 'the serial number'));
  signed.read(DER_TAG.sequence, 'the signature algorithm');
  signed.read(DER_TAG.sequence, 'the issuer');
  const validity = signed.enter(DER_TAG.sequence, 'the validity');
  const notBefore = readTime(validity, 'the start of validity');
  const notAfter = readTime(validity, 'the end of validity');
  validity.expectEnd('the validity');
  const subject = readCommonName(signed.enter(DER_TAG.sequence, 'the subject'));
  const { raw: spki } = signed.read(DER_TAG.sequence, 'the public key');
  return { serialNumber, subject, notBefore, notAfter, spki };
}

function publicNumbersOf(spki: Uint8Array<ArrayBuffer>): RsaPublicNumbers {
  const info = new DerReader(spki, 'CERT_MALFORMED').enter(DER_TAG.sequence, 'the public key');
  const foreign = readForeignAlgorithm(info);
  if (foreign !== null) {
    throw new CertificateError(
      'CERT_NOT_RSA',
      `cannot seal with the certificate: expected an RSA key, found ${foreign}`,
    );
  }
  const bits = new DerReader(info.readBitString('the public key'), 'CERT_MALFORMED');
  info.expectEnd('the public key');
  const key = bits.enter(DER_TAG.sequence, 'the public key');
  bits.expectEnd('the public key');
  const publicNumbers = readPublicNumbers(key, 'CERT_MALFORMED');
  key.expectEnd('the exponent');
  return publicNumbers;
}

function serialText(serial: DerElement): string {
  return toHex(serial.content).replace(/^00(?=.)/, '');
}

/** The last common name: the most specific one, as in every other reader. Other parts of the subject are passed over. */
function readCommonName(subject: DerReader): string {
  let commonName = '';
  while (!subject.isAtEnd) {
    const set = subject.enter(DER_TAG.set, 'a part of the subject');
    while (!set.isAtEnd) {
      const part = set.enter(DER_TAG.sequence, 'a part of the subject');
      const oid = toHex(part.read(DER_TAG.oid, 'a part of the subject').content);
      const value = part.readAny('a part of the subject');
      if (oid === COMMON_NAME_OID) commonName = nameText(value);
    }
  }
  return commonName;
}

/** Text of a name; what is not text is empty, and control characters, which could drive a terminal, are replaced. */
function nameText(value: DerElement): string {
  const { tag, content } = value;
  const isBytes = tag === DER_TAG.utf8String || tag === DER_TAG.printableString || tag === DER_TAG.ia5String;
  const text = isBytes ? (decodeUtf8(content) ?? '') : '';
  return text.replace(CONTROL, '\uFFFD');
}

function readTime(validity: DerReader, what: string): Date {
  const { tag, content } = validity.readAny(what);
  if (tag !== DER_TAG.utcTime && tag !== DER_TAG.generalizedTime) validity.fail(`${what} is no time`);
  const text = decodeUtf8(content) ?? '';
  const pattern = tag === DER_TAG.utcTime ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/;
  const [, year, rest] = pattern.exec(text) ?? [];
  if (year === undefined || rest === undefined) validity.fail(`${what} is no time`);
  const date = dateOf(fullYear(year), rest);
  return date ?? validity.fail(`${what} is a day that does not exist`);
}

/** RFC 5280 section 4.1.2.5.1: two digits from 50 on are of the twentieth century. */
function fullYear(year: string): number {
  const number = Number(year);
  if (year.length === 4) return number;
  return number >= 50 ? 1900 + number : 2000 + number;
}

/** The instant, or null when a field is out of range, which Date would silently carry over. */
function dateOf(year: number, monthToSecond: string): Date | null {
  const [, month = '', day = '', hour = '', minute = '', second = ''] =
    /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(monthToSecond) ?? [];
  const iso = `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) || date.toISOString() !== iso ? null : date;
}
