import { expect, test } from 'vitest';
import { CountedRenderer } from '../../../../controller/sealed-secrets/counted-renderer.ts';
import type { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { requestOf } from '../../../support/template-engine.ts';

test('a renderer counts what it keeps waiting, also what fails', async () => {
  const gates: PromiseWithResolvers<ReadonlyMap<string, SecretBytes>>[] = [];
  const renderer = new CountedRenderer({
    render: () => {
      const gate = Promise.withResolvers<ReadonlyMap<string, SecretBytes>>();
      gates.push(gate);
      return gate.promise;
    },
    close: async () => undefined,
  });
  const first = renderer.render(requestOf({ t: '{{' }));
  const second = renderer.render(requestOf({ t: '{{' })).catch(() => 'failed');
  expect(renderer.pending).toBe(2);
  gates[1]?.reject(new Error('x'));
  expect([await second, renderer.pending]).toEqual(['failed', 1]);
  gates[0]?.resolve(new Map<string, SecretBytes>());
  await first;
  expect(renderer.pending).toBe(0);
});
