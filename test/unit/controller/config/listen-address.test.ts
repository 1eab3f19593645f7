import { expect, test } from 'vitest';
import { parseListenAddress } from '../../../../controller/config/listen-address.ts';

test.each([
  [':8080', { host: undefined, port: 8080 }],
  ['0.0.0.0:1', { host: '0.0.0.0', port: 1 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:8080', { host: '::1', port: 8080 }],
])('parseListenAddress reads %s', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});

test.each(['', '8080', ':', ':x', ':99999', '::1:80', '[::1]', 'a b:1', 'http://x:1'])(
  'parseListenAddress refuses %j',
  (text) => {
    expect(parseListenAddress(text)).toBeNull();
  },
);
