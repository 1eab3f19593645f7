import { expect, test } from 'vitest';
import { RepairBudget } from '../../../../controller/sealed-secrets/repair-budget.ts';

const a = { namespace: 'ns', name: 'a' };

test('ten repairs a minute are free, further ones wait, and another object is not affected', () => {
  const budget = new RepairBudget();
  const waits = Array.from({ length: 12 }, (_, second) => budget.take(a, second * 1_000));
  expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0));
  expect(waits.slice(10)).toEqual([30_000, 30_000]);
  expect(budget.take({ namespace: 'ns', name: 'b' }, 12_000)).toBe(0);
});

test('after a minute repairs are free again', () => {
  const budget = new RepairBudget();
  for (let index = 0; index < 10; index += 1) budget.take(a, 0);
  expect(budget.take(a, 59_999)).toBe(1);
  expect(budget.take(a, 60_000)).toBe(0);
});
