import { describe, expect, it } from 'vitest';
import { impersonationHeaders } from '../../../../shared/kube/impersonation.ts';
import { KubeconfigEntry } from '../../../../shared/kube/kubeconfig-entry.ts';
import { invalid } from './kubeconfig-workspace.ts';

const headersOf = (fields: object) =>
  impersonationHeaders(new KubeconfigEntry('user', 'u', '/x/config', { ...fields }));

describe('impersonationHeaders', () => {
  it('are none for a user who acts as itself', () => expect(headersOf({ token: 't' })).toEqual({}));

  it('carry the whole identity', () => {
    const fields = {
      as: 'jane',
      'as-uid': '42',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'Scopes/x y': ['view', 'edit'] },
    };
    expect(headersOf(fields)).toEqual({
      'impersonate-user': 'jane',
      'impersonate-uid': '42',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-scopes%2fx%20y': ['view', 'edit'],
    });
  });

  it.each([
    { 'as-groups': ['g'] },
    { 'as-uid': '1' },
    { 'as-user-extra': { a: ['b'] } },
    { as: '', 'as-groups': ['g'] },
  ])('refuse half an identity: %j', (fields) => expect(() => headersOf(fields)).toThrow(invalid('need as')));

  it.each([
    { as: 'x', 'as-groups': 'g' },
    { as: 'x', 'as-groups': [1] },
    { as: 'x', 'as-user-extra': { a: 'b' } },
  ])('refuse what is no list: %j', (fields) =>
    expect(() => headersOf(fields)).toThrow(invalid('is not a list of strings')),
  );

  it('refuse text that would end a header', () => {
    expect(() => headersOf({ as: 'x\r\nauthorization: y' })).toThrow(invalid('impersonate-user cannot be sent'));
  });
});
