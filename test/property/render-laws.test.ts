import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TreeFile } from '../../shared/sync-plan/file-tree.ts';
import type { RenderResult } from '../../shared/sync-plan/render.ts';
import { render } from '../support/render-tree.ts';

const CODE = /^(?:RENDER|GIT)_[A-Z_]+$/;

function renderFiles(files: readonly TreeFile[]): RenderResult {
  return render({ commit: 'c', files, problems: [], skipped: [] });
}

const scalars = fc.constantFrom(
  'a',
  'b',
  'yes',
  '5',
  '0x1F',
  'null',
  '""',
  '"5"',
  '{}',
  '[]',
  '~',
  '!!binary x',
  '*a',
  '&a x',
  '__proto__',
);
const keys = fc.constantFrom(
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'namespace',
  'labels',
  'annotations',
  'items',
  'data',
  'stringData',
  'status',
  'generateName',
  '__proto__',
  'constructor',
);

/** Text that is nearly a manifest: right keys and plausible values at random places. */
const nearlyManifest = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '---',
        'apiVersion: v1',
        'kind: ConfigMap',
        'kind: Secret',
        'kind: List',
        'metadata:',
        '  name: a',
        'items:',
        '- kind: X',
        '...',
        '# c',
      ),
      fc
        .tuple(fc.constantFrom('', '  ', '- ', '\t'), keys, scalars)
        .map(([indent, key, value]) => `${indent}${key}: ${value}`),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.join('\n'));

const jsonManifest = fc
  .record(
    {
      apiVersion: fc.oneof(fc.constantFrom('v1', 'apps/v1', 5), fc.anything()),
      kind: fc.oneof(fc.constantFrom('ConfigMap', 'Secret', 'List', 'FooList'), fc.anything()),
      metadata: fc.oneof(
        fc.record({ name: fc.string(), namespace: fc.anything(), labels: fc.object() }, { requiredKeys: [] }),
        fc.anything(),
      ),
      data: fc.anything(),
      items: fc.anything(),
    },
    { requiredKeys: [] },
  )
  .map((value) => JSON.stringify(value) ?? '');

const bytes = fc.oneof(
  nearlyManifest.map((text) => new TextEncoder().encode(text)),
  jsonManifest.map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array)),
);

const paths = fc.constantFrom('a.yaml', 'b.yml', 'c.json', 'd/e.yaml', 'd/kustomization.yaml', 'z.yaml');
const trees = fc
  .uniqueArray(fc.record({ path: paths, bytes }), { selector: ({ path }) => path, maxLength: 6 })
  .map((files): TreeFile[] => files);

test('no bytes make render throw, and every problem has a file and a code', () => {
  fc.assert(
    fc.property(trees, (files) => {
      const known = new Set(files.map(({ path }) => path));
      for (const problem of renderFiles(files).problems) {
        expect(known).toContain(problem.file);
        expect(problem.code).toMatch(CODE);
        expect(problem.message).toMatch(/^\S/);
      }
    }),
    { numRuns: 1500 },
  );
});

test('render gives the same whatever the order of the files', () => {
  fc.assert(
    fc.property(trees, fc.infiniteStream(fc.nat()), (files, order) => {
      const shuffled = files
        .map((file) => ({ file, place: order.next().value as number }))
        .sort((a, b) => a.place - b.place);
      expect(renderFiles(shuffled.map(({ file }) => file))).toEqual(renderFiles(files));
    }),
    { numRuns: 500 },
  );
});

test('every value of a file is an object or a problem, never nothing', () => {
  const values = fc.array(
    fc.oneof(fc.integer(), fc.string({ minLength: 1 }), fc.array(fc.integer()), fc.record({ kind: fc.constant('X') })),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(values, (documents) => {
      const text = documents.map((value) => JSON.stringify(value)).join('\n---\n');
      const { objects, problems } = renderFiles([{ path: 'a.yaml', bytes: new TextEncoder().encode(text) }]);
      expect(objects).toEqual([]);
      expect(problems.length).toBeGreaterThan(0);
    }),
  );
});

test('what render gives keeps its identity, and holds nothing that a server sets', () => {
  fc.assert(
    fc.property(trees, (files) => {
      const identities = new Set<string>();
      for (const { object } of renderFiles(files).objects) {
        expect(object.metadata.name).toMatch(/^[^/\s%]+$/);
        expect(Object.keys(object)).not.toContain('status');
        expect(Object.keys(object.metadata)).not.toContain('uid');
        const { apiVersion, kind, metadata } = object;
        identities.add(
          JSON.stringify([
            apiVersion.includes('/') ? apiVersion.split('/')[0] : '',
            kind,
            metadata.namespace,
            metadata.name,
          ]),
        );
      }
      expect(identities.size).toBe(renderFiles(files).objects.length);
    }),
    { numRuns: 500 },
  );
});
