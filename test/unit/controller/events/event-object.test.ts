import { expect, test } from 'vitest';
import { eventObject, noteKey, repeatPatch } from '../../../../controller/events/event-object.ts';
import type { EventNote } from '../../../../controller/events/event-recorder.ts';

const at = new Date('2026-03-01T10:00:00.987Z');
const tally = { count: 1, firstAt: at, lastAt: at };
const note: EventNote = {
  regarding: {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'shop', uid: 'u', resourceVersion: '7' },
  },
  type: 'Warning',
  reason: 'ErrUnsealFailed',
  message: 'no',
};

test('an event can be found by each field of the object that it is about', () => {
  expect(eventObject(note, tally, 'x1')).toEqual({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'db.x1', namespace: 'shop' },
    involvedObject: {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      name: 'db',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
    },
    type: 'Warning',
    reason: 'ErrUnsealFailed',
    message: 'no',
    source: { component: 'signet-controller' },
    reportingComponent: 'signet-controller',
    firstTimestamp: '2026-03-01T10:00:00Z',
    lastTimestamp: '2026-03-01T10:00:00Z',
    count: 1,
  });
});

test('long messages and names are cut to what the API server takes', () => {
  const regarding = { ...note.regarding, metadata: { name: `${'a'.repeat(199)}-b`, namespace: 'shop' } };
  const event = eventObject({ ...note, regarding, message: 'm'.repeat(5_000) }, tally, 'x1');
  expect(event.metadata.name).toBe(`${'a'.repeat(199)}.x1`);
  expect((event['message'] as string).length).toBe(1_024);
});

test('a note on a cluster-scoped object goes to namespace default', () => {
  const regarding = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  expect(eventObject({ ...note, regarding }, tally, 'x').metadata.namespace).toBe('default');
});

test('noteKey tells notes apart by object, type, reason and message', () => {
  const other = { ...note.regarding, metadata: { ...note.regarding.metadata, uid: 'v' } };
  const keys = [note, { ...note, message: 'n' }, { ...note, reason: 'R' }, { ...note, regarding: other }].map(noteKey);
  expect(new Set(keys).size).toBe(4);
  expect(noteKey({ ...note })).toBe(noteKey(note));
});

test('repeatPatch carries count and time', () => {
  expect(repeatPatch(3, at)).toEqual({ count: 3, lastTimestamp: '2026-03-01T10:00:00Z' });
});
