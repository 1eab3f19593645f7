import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Terminal } from '../../../../cli/terminal/io.ts';
import { confirm, promptHidden } from '../../../../cli/terminal/prompt.ts';
import { createTerminal } from '../../../../cli/terminal/tty.ts';
import { decodeUtf8, encodeUtf8 } from '../../../../shared/encoding/bytes.ts';

/** A terminal that types `pieces` when it is listened to, one after the other. */
class FakeDevice extends EventEmitter {
  readonly calls: string[] = [];
  readonly #pieces: (string | null)[];

  constructor(...pieces: (string | null)[]) {
    super();
    this.#pieces = pieces;
  }

  setRawMode(isRaw: boolean): void {
    this.calls.push(isRaw ? 'raw' : 'cooked');
  }

  resume(): void {
    this.calls.push('resume');
    for (const piece of this.#pieces.splice(0)) {
      if (piece === null) this.emit('end');
      else this.emit('data', encodeUtf8(piece));
    }
  }

  pause(): void {
    this.calls.push('pause');
  }
}

function asking(device: FakeDevice | null, interruption = new AbortController()) {
  const asked: string[] = [];
  const terminal: Terminal | null =
    device === null
      ? null
      : createTerminal(device, { signal: interruption.signal, interrupt: () => interruption.abort() });
  return { io: { terminal, stderr: { write: (text: string) => void asked.push(text) } }, asked };
}

test('a hidden answer is taken in raw mode, which ends with it', async () => {
  const device = new FakeDevice('hun', 'ter2\r');
  const { io, asked } = asking(device);
  const answer = await promptHidden(io, 'Passphrase');
  expect(decodeUtf8(answer.expose())).toBe('hunter2');
  expect(asked).toEqual(['Passphrase: ', '\n']);
  expect(device.calls).toEqual(['raw', 'resume', 'pause', 'cooked']);
  expect(device.listenerCount('data')).toBe(0);
});

test('nobody is asked where standard input is no terminal', async () => {
  const { io, asked } = asking(null);
  await expect(promptHidden(io, 'Passphrase', 'name a file')).rejects.toMatchObject({
    code: 'CLI_USAGE',
    message: 'cannot ask for "Passphrase": standard input is no terminal',
    hint: 'name a file',
  });
  await expect(confirm(io, 'Go on?')).rejects.toMatchObject({ code: 'CLI_USAGE', hint: 'agree beforehand with --yes' });
  expect(asked).toEqual([]);
});

test('an input that ends without an answer is a wrong use', async () => {
  const closed = asking(new FakeDevice(null));
  await expect(promptHidden(closed.io, 'Passphrase')).rejects.toMatchObject({ code: 'CLI_USAGE' });
  const endKey = asking(new FakeDevice('\x04'));
  await expect(promptHidden(endKey.io, 'Passphrase')).rejects.toMatchObject({ code: 'CLI_USAGE' });
});

test('a paste of several lines is refused, and none of it is in the message', async () => {
  const device = new FakeDevice('hunter2\rhunter3\r');
  const { io } = asking(device);
  const failure = await promptHidden(io, 'Value').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'CLI_USAGE' });
  expect(JSON.stringify(failure)).not.toContain('hunter');
  expect(device.calls.at(-1)).toBe('cooked');
});

test('the interrupt key interrupts, and the terminal is left as it was', async () => {
  const device = new FakeDevice('abc\x03');
  const interruption = new AbortController();
  const { io } = asking(device, interruption);
  await expect(promptHidden(io, 'Passphrase')).rejects.toBe(interruption.signal.reason);
  await new Promise(setImmediate);
  expect(interruption.signal.aborted).toBe(true);
  expect(device.calls.at(-1)).toBe('cooked');
});

test('an interrupt from elsewhere ends the waiting for a line', async () => {
  const device = new FakeDevice();
  const interruption = new AbortController();
  const { io } = asking(device, interruption);
  const answer = confirm(io, 'Go on?');
  interruption.abort();
  await expect(answer).rejects.toBe(interruption.signal.reason);
  await expect(confirm(io, 'Go on?')).rejects.toBe(interruption.signal.reason);
  expect(device.listenerCount('data')).toBe(0);
});

test('only yes agrees', async () => {
  const answers = ['y\n', 'YES\r\n', ' yes \n', 'n\n', '\n', 'yesterday\n', null];
  const agreed = await Promise.all(answers.map((answer) => confirm(asking(new FakeDevice(answer)).io, 'Go on?')));
  expect(agreed).toEqual([true, true, true, false, false, false, false]);
});

test('a question cannot steer the terminal', async () => {
  const { io, asked } = asking(new FakeDevice('y\n'));
  await confirm(io, 'Retire \u001b[2J?');
  expect(asked.join('')).not.toContain('\u001b');
});
