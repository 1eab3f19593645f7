import { expect, test } from 'vitest';
import { findHostKeyFault } from '../../../../shared/git/host-key-fault.ts';

const SENT = 'debug1: Server host key: ssh-ed25519 SHA256:abc+/def\n';

test('findHostKeyFault names host, algorithm and fingerprint of a changed key', () => {
  const text = `${SENT}@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key for git.example.com has changed and you have requested strict checking.\nHost key verification failed.\n`;
  expect(findHostKeyFault(text)).toBe(
    'the key of host "git.example.com" is not the one in known_hosts; it sent ssh-ed25519 SHA256:abc+/def',
  );
});

test('findHostKeyFault names a host that is not listed', () => {
  const text = `${SENT}No ED25519 host key is known for git.example.com and you have requested strict checking.\nHost key verification failed.\n`;
  expect(findHostKeyFault(text)).toBe(
    'known_hosts has no key for host "git.example.com"; it sent ssh-ed25519 SHA256:abc+/def',
  );
});

test('findHostKeyFault tells a revoked key, and one without any detail', () => {
  expect(findHostKeyFault('@       WARNING: REVOKED HOST KEY DETECTED!               @\r\n')).toMatch(
    /marked as revoked/,
  );
  expect(findHostKeyFault('Host key verification failed.')).toBe('the key of the host is not the one in known_hosts');
});

test('findHostKeyFault is null for every other failure', () => {
  expect(findHostKeyFault(`${SENT}git@host: Permission denied (publickey).`)).toBeNull();
});

const CHANGED = `${SENT}@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key for git.example.com has changed and you have requested strict checking.\r\nHost key verification failed.\r\n`;

test.each([
  'debug1: kex_exchange_identification: banner line 0: Server host key: ssh-ed25519 SHA256:published\r\n',
  'debug1: Remote protocol version 2.0, remote software version debug1: Server host key: ssh-ed25519 SHA256:published\r\n',
  'debug1: Server host key: ssh-ed25519 SHA256:published, as the end of a line that was cut\n',
  'debug1: kex_exchange_identification: banner line 0: No x host key is known for y and you have requested strict checking\r\n',
  "debug1: kex_exchange_identification: banner line 0: debug1: Host 'x' is known and matches \r\n",
])('findHostKeyFault takes no word of a host for that of ssh: %s', (line) => {
  expect(findHostKeyFault(`${line}${CHANGED}`)).toBe(
    'the key of host "git.example.com" is not the one in known_hosts; it sent ssh-ed25519 SHA256:abc+/def',
  );
});

test('findHostKeyFault is null where the host is the known one, whatever that says afterwards', () => {
  const known = "debug1: Host 'git.example.com' is known and matches the ED25519 host key.\r\n";
  expect(findHostKeyFault(`${SENT}${known}Host key verification failed.\r\n`)).toBeNull();
});
