import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../../shared/kube/backoff.ts';

describe('Backoff', () => {
  it('doubles up to its maximum', () => {
    const backoff = new Backoff({ firstMs: 100, maxMs: 450 }, () => 1);
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 400, 450]);
  });

  it('waits at least half of each step', () => {
    const backoff = new Backoff({ firstMs: 100, maxMs: 450 }, () => 0);
    expect([backoff.next(), backoff.next()]).toEqual([50, 100]);
  });

  it('starts again after a reset', () => {
    const backoff = new Backoff({ firstMs: 100, maxMs: 450 }, () => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('stays at its maximum after any number of failures', () => {
    const backoff = new Backoff({ firstMs: 100, maxMs: 5_000 }, () => 1);
    for (let count = 0; count < 5_000; count += 1) backoff.next();
    expect(backoff.next()).toBe(5_000);
  });
});
