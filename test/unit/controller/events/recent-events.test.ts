import { expect, test } from 'vitest';
import { RecentEvents } from '../../../../controller/events/recent-events.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes));
const event = (minutes: number) => ({ name: 'e', namespace: 'ns', count: 1, lastAt: at(minutes) });

test('an event is found for ten minutes after it was last said', () => {
  const recent = new RecentEvents();
  recent.remember('k', event(0));
  expect(recent.find('k', at(10))).toMatchObject({ name: 'e' });
  expect(recent.find('k', at(11))).toBeUndefined();
  expect(recent.find('other', at(0))).toBeUndefined();
});

test('the oldest of many events are forgotten', () => {
  const recent = new RecentEvents();
  for (let index = 0; index <= 1_024; index += 1) recent.remember(`k${index}`, event(0));
  expect(recent.find('k0', at(0))).toBeUndefined();
  expect(recent.find('k1', at(0))).toBeDefined();
});
