import { expect, test } from 'vitest';
import { formatCertificates, summarizeCertificates } from '../../../../cli/output/certificate-text.ts';
import { readCertificates } from '../../../../shared/certificate/read-certificate.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const certificates = await readCertificates(FIRST_KEY.certificatePem + SECOND_KEY.certificatePem);

test('the first certificate is the one that is sealed to, and days are whole', () => {
  const summaries = summarizeCertificates(certificates, new Date('2125-12-07T12:00:00Z'));
  expect(summaries.map(({ isActive, daysLeft, bits }) => ({ isActive, daysLeft, bits }))).toEqual([
    { isActive: true, daysLeft: 0, bits: 2048 },
    { isActive: false, daysLeft: 0, bits: 2048 },
  ]);
});

test.each([
  ['2125-12-05T12:00:00Z', '(2 days left)'],
  ['2125-12-06T12:00:00Z', '(1 day left)'],
])('at %s the text says %s', (at, left) => {
  expect(formatCertificates(summarizeCertificates(certificates, new Date(at)))).toContain(left);
});

test('an expired certificate says so, and an empty subject is shown as none', () => {
  const text = formatCertificates(summarizeCertificates(certificates, new Date('2126-01-01T00:00:00Z')));
  expect(text).toContain('(expired)');
  expect(text).toContain('subject:      CN=first test key');
  expect(text).toContain('subject:      (none)');
});
