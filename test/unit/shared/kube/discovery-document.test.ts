import { describe, expect, it } from 'vitest';
import { readGroups, readResourceList } from '../../../../shared/kube/discovery-document.ts';

describe('readGroups', () => {
  it('reads aggregated discovery in order of preference, without subresources', () => {
    const groups = readGroups({
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'apps' },
          versions: [
            {
              version: 'v1',
              freshness: 'Current',
              resources: [
                {
                  resource: 'deployments',
                  responseKind: { group: '', kind: 'Deployment' },
                  scope: 'Namespaced',
                  subresources: [{ subresource: 'scale', responseKind: { kind: 'Scale' } }],
                },
              ],
            },
            { version: 'v1beta1', freshness: 'Stale', resources: [] },
          ],
        },
      ],
    });
    const [v1, v1beta1] = groups.get('apps') ?? [];
    expect(v1?.kinds).toEqual(
      new Map([
        ['Deployment', { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true }],
      ]),
    );
    expect([v1?.isStale, v1beta1?.isStale]).toEqual([false, true]);
  });

  it('puts the preferred version of a plain group list first', () => {
    const groups = readGroups({
      kind: 'APIGroupList',
      groups: [{ name: 'x', versions: [{ version: 'v1' }, { version: 'v2' }], preferredVersion: { version: 'v2' } }],
    });
    expect(groups.get('x')?.map((served) => [served.version, served.kinds])).toEqual([
      ['v2', null],
      ['v1', null],
    ]);
  });

  it('reads the core versions of a plain document', () => {
    expect(readGroups({ kind: 'APIVersions', versions: ['v1'] }).get('')?.[0]?.version).toBe('v1');
  });

  it('leaves out what it cannot read', () => {
    expect(readGroups({ kind: 'APIGroupDiscoveryList', items: [null, 1, { versions: 'x' }] }).get('')).toEqual([]);
  });
});

describe('readResourceList', () => {
  it('leaves subresources out and keeps the first resource of a kind', () => {
    const resources = [
      { name: 'pods', kind: 'Pod', namespaced: true },
      { name: 'pods/log', kind: 'Pod', namespaced: true },
      { name: 'otherpods', kind: 'Pod', namespaced: false },
    ];
    expect([...readResourceList({ resources }, '', 'v1').values()]).toEqual([
      { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
    ]);
  });
});
