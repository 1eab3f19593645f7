import { expect, test } from 'vitest';
import { SecretIndex } from '../../../../controller/sealed-secrets/secret-index.ts';
import { liveSecret } from '../../../support/live-objects.ts';

const version = (index: SecretIndex) => index.find('shop', 'db')?.resourceVersion;

test('the answer to a request never takes the place of what the watch told later', () => {
  const index = new SecretIndex();
  index.observe(liveSecret({}, { resourceVersion: '100' }));
  index.observeAnswer(liveSecret({}, { resourceVersion: '99' }));
  expect(version(index)).toBe('100');
  index.observeAnswer(liveSecret({}, { resourceVersion: '101' }));
  expect(version(index)).toBe('101');
});

test('the watch is always believed, also after the server was restored to an earlier state', () => {
  const index = new SecretIndex();
  index.observe(liveSecret({}, { resourceVersion: '100' }));
  index.observe(liveSecret({}, { resourceVersion: '5' }));
  expect(version(index)).toBe('5');
});

test('the end of a Secret does not take away the one that was made in its place', () => {
  const index = new SecretIndex();
  index.observeAnswer(liveSecret({}, { uid: 'new' }));
  index.forget({ namespace: 'shop', name: 'db', uid: 'old' });
  expect(index.find('shop', 'db')?.uid).toBe('new');
  index.forget({ namespace: 'shop', name: 'db', uid: 'new' });
  expect(index.find('shop', 'db')).toBeNull();
});

test('a place is held until its time, and its memory does not grow', () => {
  const index = new SecretIndex();
  index.hold('shop', 'db', { untilMs: 1_100, nowMs: 0 });
  expect([index.heldForMs('shop', 'db', 0), index.heldForMs('shop', 'db', 1_099)]).toEqual([1_100, 1]);
  expect(index.heldForMs('shop', 'db', 1_100)).toBe(0);
  expect(index.heldForMs('shop', 'other', 0)).toBe(0);
});

test('nothing secret is kept', () => {
  const index = new SecretIndex();
  index.observe(liveSecret({ password: 'canary' }, { annotations: { note: 'canary' } }));
  expect(JSON.stringify(index.find('shop', 'db'))).not.toMatch(/canary|Y2FuYXJ5/);
});
