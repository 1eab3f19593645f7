/** @module Templates on the command line: the engine is loaded with the first template that has actions, and let go at the end. */
import type { TemplateRenderer } from '../../shared/sealing/template-renderer.ts';
import type { WorkerRenderer } from '../../shared/template/worker-renderer.ts';
import type { Io } from '../terminal/io.ts';

/** Gives `task` a renderer for as long as it runs; an interruption by the user ends what is rendered. */
export async function withTemplateRenderer<Result>(
  { env, signal }: Pick<Io, 'env' | 'signal'>,
  task: (renderer: TemplateRenderer) => Promise<Result>,
): Promise<Result> {
  let engine: Promise<WorkerRenderer> | null = null;
  const load = async (): Promise<WorkerRenderer> => {
    const { createInstalledRenderer } = await import('../../shared/template/installed-engine.ts');
    return createInstalledRenderer({ variables: env });
  };
  const close = async (): Promise<void> => (await engine)?.close();
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await task({
      render: async (request) => {
        signal.throwIfAborted();
        engine ??= load();
        return (await engine).render(request);
      },
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    await close();
  }
}
