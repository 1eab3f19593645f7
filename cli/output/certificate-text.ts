/** @module Certificates as a person reads them. */
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { countOf } from '../../shared/encoding/count-of.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is shown of one certificate. Instants are RFC 3339 in UTC. */
export interface CertificateSummary {
  readonly fingerprint: string;
  readonly subject: string;
  readonly bits: number;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days; negative once it has expired. */
  readonly daysLeft: number;
  /** True for the one that is sealed to. */
  readonly isActive: boolean;
}

/** The summary of each certificate; the first one is the one that is sealed to. */
export function summarizeCertificates(
  certificates: readonly SealingCertificate[],
  now: Date,
): readonly CertificateSummary[] {
  return certificates.map((certificate, at) => ({
    fingerprint: certificate.fingerprint,
    subject: certificate.subject,
    bits: certificate.modulusBits,
    serialNumber: certificate.serialNumber,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    daysLeft: Math.floor((certificate.notAfter.getTime() - now.getTime()) / DAY_MS),
    isActive: at === 0,
  }));
}

/** Summaries as blocks of `name: value` lines with a blank line between them. */
export function formatCertificates(summaries: readonly CertificateSummary[]): string {
  return summaries.map(formatOne).join('\n');
}

function formatOne(summary: CertificateSummary): string {
  const { daysLeft } = summary;
  const left = daysLeft < 0 ? 'expired' : `${countOf(daysLeft, 'day')} left`;
  return [
    `fingerprint:  ${summary.fingerprint}`,
    `use:          ${summary.isActive ? 'sealed to' : 'opens what was sealed to it before'}`,
    `subject:      ${summary.subject === '' ? '(none)' : `CN=${summary.subject}`}`,
    `key:          RSA ${summary.bits} bits`,
    `serial:       ${summary.serialNumber}`,
    `valid from:   ${summary.notBefore}`,
    `valid until:  ${summary.notAfter} (${left})`,
    '',
  ].join('\n');
}
