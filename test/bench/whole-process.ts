/** @module Times whole processes, several commands in turn so that a drift of the machine's speed hits all of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command line and what it reads. */
export interface Command {
  readonly words: readonly string[];
  readonly cwd?: string;
}

/** The environment of measured processes: a certificate bundle for Node would be loaded at every start on some versions. */
export const BENCH_ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'NODE_EXTRA_CA_CERTS' && name !== 'NODE_OPTIONS'),
);

/** Milliseconds from start to exit; throws when the command fails. */
export async function timeCommand(command: Command): Promise<number> {
  const [program = '', ...args] = command.words;
  const startedAt = performance.now();
  const child = spawn(program, args, { cwd: command.cwd, env: BENCH_ENVIRONMENT, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command.words.join(' ')} exited with ${code}`);
  return performance.now() - startedAt;
}

/** Times of each command over `rounds` rounds, after one round that does not count. */
export async function timeInTurn(
  commands: readonly Command[],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const times: number[][] = commands.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const ms = await timeCommand(command);
      if (round > 0) times[index]?.push(ms);
    }
  }
  return times;
}
