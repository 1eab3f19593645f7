/** @module The real template engine for tests, built once; a machine without Go gets the reason, with which tests skip. */
import type { TemplateRequest } from '../../shared/sealing/template-renderer.ts';
import { createInstalledRenderer, loadProgram } from '../../shared/template/installed-engine.ts';
import type { TemplateLimits, WorkerRenderer } from '../../shared/template/worker-renderer.ts';

const program = await loadProgram(process.env).catch((error: Error) => error);

/** Why there is no engine on this machine; undefined when there is one. */
export const engineMissing: string | undefined = program instanceof Error ? program.message : undefined;

/** A renderer of its own; whoever asks closes it. */
export function startEngine(limits: Partial<TemplateLimits> = {}): WorkerRenderer {
  return createInstalledRenderer({ variables: process.env, limits });
}

/** What a request holds unless a test says otherwise. */
export const SOME_INSTANT = new Date('2026-03-04T05:06:07Z');

/** A request for `templates` with `values`, both by key. */
export function requestOf(
  templates: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string | Uint8Array>> = {},
  others: Partial<TemplateRequest> = {},
): TemplateRequest {
  const bytes = Object.entries(values).map(
    ([key, value]) => [key, typeof value === 'string' ? new TextEncoder().encode(value) : value] as const,
  );
  return {
    templates: new Map(Object.entries(templates)),
    values: new Map(bytes),
    seed: new Uint8Array(32).fill(7),
    at: SOME_INSTANT,
    missing: 'error',
    ...others,
  };
}

/** What `renderer` makes of `request`, as texts by key. */
export async function renderTexts(
  renderer: WorkerRenderer,
  request: TemplateRequest,
): Promise<Readonly<Record<string, string>>> {
  const outputs = await renderer.render(request);
  return Object.fromEntries([...outputs].map(([key, output]) => [key, Buffer.from(output.expose()).toString()]));
}
