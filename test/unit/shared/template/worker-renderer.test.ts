import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SealingError, TemplateError } from '../../../../shared/sealing/errors.ts';
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

/** A worker that notes each task and answers none. */
const silentWorker = (notes: string): string => `
  import { appendFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', () => appendFileSync(${JSON.stringify(notes)}, 'x'));
  parentPort.postMessage('ready');
`;

test('what took too long once does not hold up the quick ones when it is tried again', async () => {
  await withTempFolder(async (folder) => {
    const [workerFile, notes] = [path.join(folder, 'worker.mjs'), path.join(folder, 'notes')];
    await writeFile(workerFile, silentWorker(notes));
    const limits = { tryMs: 2_000, timeMs: 2_000 };
    const renderer = createWorkerRenderer({ workerFile, loadProgram: async () => EMPTY, limits });
    const triesOf = async (request: Parameters<typeof renderer.render>[0]) => {
      await writeFile(notes, '');
      await expect(renderer.render(request)).rejects.toMatchObject({ code: 'TEMPLATE_TIMED_OUT' });
      return (await readFile(notes, 'utf8')).length;
    };
    expect([await triesOf(request), await triesOf(request)]).toEqual([2, 1]);
    expect(await triesOf(requestOf({ t: '{{ 2 }}' }))).toBe(2);
    await renderer.close();
  });
});

test.each([
  ['before it looks at a template', '', 'TEMPLATE_ENGINE_FAILED'],
  ['in the middle of one', 'Atomics.store(progress, 0, 0);', 'TEMPLATE_CALL_FAILED'],
])('a worker that ends %s is the fault of the engine, or else of the object', async (_, before, code) => {
  await withTempFolder(async (folder) => {
    const workerFile = path.join(folder, 'worker.mjs');
    await writeFile(
      workerFile,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ progress }) => { ${before} process.exit(1); });
       parentPort.postMessage('ready');`,
    );
    const renderer = createWorkerRenderer({ workerFile, loadProgram: async () => EMPTY });
    const error = await renderer.render(request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TEMPLATE_ENGINE_FAILED' });
    expect(error instanceof TemplateError ? error.openly : error).toMatchObject({ code });
    await renderer.close();
  });
});
