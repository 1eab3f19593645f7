import { expect, test } from 'vitest';
import { describeApprover } from '../../../../controller/sync/approver.ts';

function entryOf(manager: unknown, annotation: string): Readonly<Record<string, unknown>> {
  const fieldsV1 = { 'f:metadata': { 'f:annotations': { '.': {}, [`f:${annotation}`]: {} } } };
  return { manager, operation: 'Update', time: '2026-01-02T03:04:05Z', fieldsV1 };
}

test('the manager that owns the annotation is named, with the time, and no other', () => {
  const managedFields = [entryOf('kubectl', 'signet.dev/other'), entryOf('signet-cli', 'signet.dev/approve')];
  expect(describeApprover({ managedFields })).toBe('field manager "signet-cli" at 2026-01-02T03:04:05Z');
});

test('without a trace it is somebody, whatever managedFields hold', () => {
  for (const managedFields of [undefined, 'text', [null, 7, {}], [{ fieldsV1: { 'f:metadata': [] } }]]) {
    expect(describeApprover({ managedFields })).toBe('somebody');
  }
});
