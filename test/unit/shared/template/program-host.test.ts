import { expect, test } from 'vitest';
import { createProgramHost, ProgramExit, type ProgramRun } from '../../../../shared/template/program-host.ts';

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** A host with 64 KiB of memory, and its functions by name. */
function hostWith(run: Partial<ProgramRun> = {}) {
  const memory = { buffer: new ArrayBuffer(65_536) };
  const begun: number[] = [];
  const outlines: number[][] = [];
  const onOutline = (outline: Uint8Array): void => void outlines.push([...outline]);
  const host = createProgramHost(
    {
      ...{ input: Uint8Array.of(1, 2, 3), seed: new Uint8Array(32), atMs: AT_MS },
      ...{ onBegin: (at: number) => void begun.push(at), onOutline },
      ...run,
    },
    ['path_open', 'sock_accept', 'random_get'],
  );
  host.attach(memory);
  const wasi = host.imports['wasi_snapshot_preview1'] as Record<string, (...args: unknown[]) => number>;
  const own = host.imports['signet'] as Record<string, (...args: unknown[]) => number>;
  const bytes = (at: number, length: number) => [...new Uint8Array(memory.buffer, at, length)];
  return { host, wasi, own, bytes, begun, outlines, view: new DataView(memory.buffer) };
}

const write = (view: DataView, text: string): void => {
  for (const [index, char] of [...text].entries()) view.setUint8(256 + index, char.charCodeAt(0));
  view.setUint32(0, 256, true);
  view.setUint32(4, text.length, true);
};

test('the host hands over the request and takes the answer', () => {
  const { host, own, bytes, begun, view } = hostWith();
  expect(own['input_size']?.()).toBe(3);
  own['read_input']?.(100);
  expect(bytes(100, 3)).toEqual([1, 2, 3]);
  own['begin']?.(4);
  expect(begun).toEqual([4]);
  own['write_output']?.(100, 3);
  view.setUint8(100, 99);
  expect([...host.output()]).toEqual([1, 2, 3]);
});

test('the wall clock stands at the instant of the request, and the other one goes on', () => {
  const { wasi, view } = hostWith();
  const clock = (which: number): bigint => {
    expect(wasi['clock_time_get']?.(which, 0n, 8)).toBe(0);
    return view.getBigUint64(8, true);
  };
  expect([clock(0), clock(0)]).toEqual([BigInt(AT_MS) * 1_000_000n, BigInt(AT_MS) * 1_000_000n]);
  expect(clock(1)).toBeLessThan(clock(1));
});

test('chance is the stream of the seed, however it is cut', () => {
  const seed = new Uint8Array(32).fill(1);
  const [whole, parts, other] = [hostWith({ seed }), hostWith({ seed }), hostWith()];
  whole.wasi['random_get']?.(0, 40);
  parts.wasi['random_get']?.(0, 7);
  parts.wasi['random_get']?.(7, 33);
  other.wasi['random_get']?.(0, 40);
  expect(parts.bytes(0, 40)).toEqual(whole.bytes(0, 40));
  expect(other.bytes(0, 40)).not.toEqual(whole.bytes(0, 40));
});

test('there are no arguments, no variables and no open folders', () => {
  const { wasi, view } = hostWith();
  for (const name of ['args_sizes_get', 'environ_sizes_get']) {
    view.setUint32(16, 9, true);
    view.setUint32(20, 9, true);
    expect(wasi[name]?.(16, 20)).toBe(0);
    expect([view.getUint32(16, true), view.getUint32(20, true)]).toEqual([0, 0]);
  }
  expect(wasi['fd_prestat_get']?.(3, 0)).toBe(8);
});

test('functions of files and sockets refuse', () => {
  const { wasi } = hostWith();
  expect([wasi['path_open']?.(3), wasi['sock_accept']?.(3)]).toEqual([52, 52]);
});

test('what is written to a descriptor is counted and goes nowhere', () => {
  const { host, wasi, view } = hostWith();
  write(view, 'a password');
  expect(wasi['fd_write']?.(2, 0, 1, 64)).toBe(0);
  expect(view.getUint32(64, true)).toBe(10);
  expect(host.output()).toHaveLength(0);
});

test.each([
  ['fatal error: runtime: out of memory', true],
  ['panic: something else', false],
])('an end after "%s" is known for what it is', (text, isOutOfMemory) => {
  const { wasi, view } = hostWith();
  write(view, text);
  wasi['fd_write']?.(2, 0, 1, 64);
  expect(() => wasi['proc_exit']?.(2)).toThrow(ProgramExit);
  expect(() => wasi['proc_exit']?.(2)).toThrow(expect.objectContaining({ isOutOfMemory }));
});

test('waiting takes no time, and every event has happened', () => {
  const { wasi, view } = hostWith();
  for (const [index, userdata] of [7n, 8n].entries()) {
    view.setBigUint64(1024 + index * 48, userdata, true);
    view.setBigUint64(1024 + index * 48 + 24, 5_000_000_000n, true);
  }
  expect(wasi['poll_oneoff']?.(1024, 2048, 2, 64)).toBe(0);
  expect([view.getUint32(64, true), view.getBigUint64(2048, true), view.getBigUint64(2080, true)]).toEqual([2, 7n, 8n]);
  wasi['clock_time_get']?.(1, 0n, 8);
  expect(view.getBigUint64(8, true)).toBeGreaterThanOrEqual(10_000_000_000n);
});

test('an outline is handed out as a copy, while the program goes on', () => {
  const { own, outlines, view } = hostWith();
  view.setUint8(9, 7);
  own['write_outline']?.(9, 1);
  view.setUint8(9, 8);
  expect(outlines).toEqual([[7]]);
});
