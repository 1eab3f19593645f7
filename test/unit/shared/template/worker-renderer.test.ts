import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SealingError } from '../../../../shared/sealing/errors.ts';
import { createWorkerRenderer } from '../../../../shared/template/worker-renderer.ts';
import { withTempFolder } from '../../../support/run-cli.ts';
import { requestOf } from '../../../support/template-engine.ts';

/** A module with a memory and nothing else. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1);
const request = requestOf({ t: '{{ 1 }}' });

test('nothing is loaded before the first template, and a missing engine is asked for again', async () => {
  const asked: string[] = [];
  const renderer = createWorkerRenderer({
    workerFile: '/nonexistent',
    loadProgram: async () => {
      asked.push('program');
      throw new SealingError('TEMPLATE_ENGINE_MISSING', 'no engine');
    },
  });
  expect(asked).toEqual([]);
  for (const count of [1, 2]) {
    await expect(renderer.render(request)).rejects.toMatchObject({ code: 'TEMPLATE_ENGINE_MISSING' });
    expect(asked).toHaveLength(count);
  }
  await renderer.close();
});

test.each([
  ['cannot be started', null],
  ['ends at once', ''],
  ['throws', "throw new Error('secret words')"],
])('a worker that %s fails the object and not the process', async (_, code) => {
  await withTempFolder(async (folder) => {
    const workerFile = path.join(folder, 'worker.mjs');
    if (code !== null) await writeFile(workerFile, code);
    const renderer = createWorkerRenderer({ workerFile, loadProgram: async () => EMPTY });
    await expect(renderer.render(request)).rejects.toMatchObject({
      code: 'TEMPLATE_ENGINE_FAILED',
      message: 'cannot make the Secret: the template: broke the template engine',
    });
    await renderer.close();
  });
});
