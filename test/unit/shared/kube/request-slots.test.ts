import { describe, expect, it } from 'vitest';
import { RequestSlots } from '../../../../shared/kube/request-slots.ts';

describe('RequestSlots', () => {
  it('lets the stated number go at once', () => {
    const slots = new RequestSlots(2);
    expect([slots.take(), slots.take()]).toEqual([undefined, undefined]);
    expect(slots.take()).toBeInstanceOf(Promise);
  });

  it('lets those who wait go in the order in which they came', async () => {
    const slots = new RequestSlots(1);
    void slots.take();
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      await slots.take();
      order.push(number);
      slots.release();
    });
    slots.release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it('has its slot back after the last release', () => {
    const slots = new RequestSlots(1);
    void slots.take();
    slots.release();
    expect(slots.take()).toBeUndefined();
  });
});
