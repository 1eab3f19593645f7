/** @module Runs a program at a terminal of its own, made by util-linux' `script`, and types into it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { findOnPath, readEnvironment } from '../control-plane/environment.ts';
import { eventually } from './eventually.ts';

/** A program at a terminal. */
export interface TerminalSession {
  /** Everything that the screen has shown. */
  readonly screen: () => string;
  /** Waits until the screen shows `text`, then types `keys`. */
  answer(text: string, keys: string): Promise<void>;
  /** Exit code of the program. */
  readonly ended: Promise<number | null>;
}

/** Path of `script`, or undefined on a machine without that of util-linux. */
export function findTerminalMaker(): string | undefined {
  return process.platform === 'linux' ? findOnPath('script', readEnvironment().variables) : undefined;
}

/** Runs `words` in `cwd`; words hold no quotes. */
export function startAtTerminal(maker: string, words: readonly string[], cwd: string): TerminalSession {
  const command = words.map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn(maker, ['-qec', command, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], TERM: 'dumb', HOME: cwd },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return {
    screen: () => screen,
    answer: async (text, keys) => {
      await eventually(() => {
        if (!screen.includes(text)) throw new Error(`the screen shows ${JSON.stringify(screen)}`);
      });
      child.stdin?.write(keys);
    },
    ended,
  };
}
