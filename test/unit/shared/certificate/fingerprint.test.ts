import { expect, test } from 'vitest';
import { readCertificateOfAnySize } from '../../../../shared/certificate/read-certificate.ts';
import { FIRST_KEY, LARGE_KEY, SECOND_KEY, type TestKey, WEAK_KEY } from '../../../support/test-keys.ts';

// What `ssh-keygen -lf` prints for the public keys.
test.each<[TestKey, string]>([
  [FIRST_KEY, 'SHA256:WHVp8Xfga4Z+4j7SbDlVsZwfPtSk6jr2oBYYI4Ga+YY'],
  [SECOND_KEY, 'SHA256:ZykNGr31EcyO4gI+S1vNQV5ZkQmehBm/Jwp6MkR6Y94'],
  [LARGE_KEY, 'SHA256:VW22LYJTiGE6ejQ/ne9qG0FVxp+midlW/plmCiwZ9A8'],
  [WEAK_KEY, 'SHA256:MDqiVnh2p5ni57KgGWQBMny5MXL/w6Wny8m7k6P7nl0'],
])('fingerprintOf is what OpenSSH prints', async (key, fingerprint) => {
  expect((await readCertificateOfAnySize(key.certificatePem)).fingerprint).toBe(fingerprint);
});
