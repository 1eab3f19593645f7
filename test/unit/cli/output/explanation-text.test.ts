import { expect, test } from 'vitest';
import { formatExplanation } from '../../../../cli/output/explanation-text.ts';

test('an object that differs is explained line by line, without control characters', () => {
  const text = formatExplanation({
    object: 'Deployment shop/cart',
    gitSync: 'shop/shop',
    file: 'deploy/ca\u001brt.yaml',
    line: 14,
    revision: `main@sha1:${'3f2a91c07b6d'.padEnd(40, '0')}`,
    lastChange: {
      commit: 'a1b2c3d4e5f6'.padEnd(40, '0'),
      subject: 'Raise limits',
      author: 'Ann',
      at: '2030-01-01T00:00:00Z',
    },
    lastApplied: '2030-01-01T00:01:00Z',
    drift: 'differs',
    changes: [
      { path: '/spec/replicas', before: '3', after: '2' },
      { path: '/spec/paused', before: 'true' },
      { path: '/metadata/labels/a', after: '"b"' },
    ],
    notSynced: ['the GitSync is paused', 'it failed'],
  });
  expect(text).toBe(
    [
      'Deployment shop/cart',
      '  GitSync       shop/shop',
      '  file          deploy/ca\\x1brt.yaml:14',
      '  revision      main@sha1:3f2a91c07b6d',
      '  last change   a1b2c3d4e5f6 2030-01-01T00:00:00Z Ann: Raise limits',
      '  last apply    2030-01-01T00:01:00Z',
      '  drift         it differs from Git',
      '                ~ /spec/replicas: 3 -> 2',
      '                - /spec/paused: true',
      '                + /metadata/labels/a: "b"',
      '  synced        no: the GitSync is paused',
      '                also: it failed',
      '',
    ].join('\n'),
  );
});

test('of an object that nobody owns only the reason is told', () => {
  expect(
    formatExplanation({ object: 'Namespace x', gitSync: null, drift: 'unknown', notSynced: ['nobody has it'] }),
  ).toBe('Namespace x\n  GitSync   none\n  synced    no: nobody has it\n');
});
