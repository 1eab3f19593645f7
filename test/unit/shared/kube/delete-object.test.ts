import { describe, expect, it } from 'vitest';
import { deletionOutcome, toDeleteBody } from '../../../../shared/kube/delete-object.ts';

describe('toDeleteBody', () => {
  it('is absent when nothing is asked for', () => expect(toDeleteBody({})).toBeUndefined());

  it('carries every option', () => {
    const body = toDeleteBody({ uid: 'u', resourceVersion: '7', propagation: 'Orphan', dryRun: true });
    expect(JSON.parse(body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u', resourceVersion: '7' },
      propagationPolicy: 'Orphan',
      dryRun: ['All'],
    });
  });
});

describe('deletionOutcome', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';

  it('is deleted for a Status', () => expect(deletionOutcome({ kind: 'Status', status: 'Success' })).toBe('deleted'));
  it('is deleted for the last state of an object that is gone', () => {
    expect(deletionOutcome({ kind: 'Service', metadata: { name: 'a' } })).toBe('deleted');
  });
  it('is terminating while a finalizer stays', () => {
    const metadata = { deletionTimestamp, deletionGracePeriodSeconds: 0, finalizers: ['x'] };
    expect(deletionOutcome({ kind: 'ConfigMap', metadata })).toBe('terminating');
  });
  it('is terminating during a grace period', () => {
    expect(deletionOutcome({ kind: 'Pod', metadata: { deletionTimestamp, deletionGracePeriodSeconds: 30 } })).toBe(
      'terminating',
    );
  });
  it('is deleted when neither holds it', () => {
    expect(deletionOutcome({ kind: 'Pod', metadata: { deletionTimestamp, deletionGracePeriodSeconds: 0 } })).toBe(
      'deleted',
    );
  });
  it('is terminating for a namespace, whose finalizers are in its spec', () => {
    const namespace = { kind: 'Namespace', metadata: { deletionTimestamp }, status: { phase: 'Terminating' } };
    expect(deletionOutcome(namespace)).toBe('terminating');
  });
});
