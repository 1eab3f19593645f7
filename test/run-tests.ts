/** @module What `npm test` runs: format, lint and types, then every test, whose summary is the last line. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs a tool of node_modules in the foreground; true when it exits with 0. */
function passes(tool: string, ...args: readonly string[]): boolean {
  process.stderr.write(`> ${tool} ${args.join(' ')}\n`);
  const bin = fileURLToPath(new URL(`../node_modules/.bin/${tool}`, import.meta.url));
  return spawnSync(bin, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const isSound = [
  passes('biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  passes('tsc', '-p', 'tsconfig.json'),
  passes('tsc', '-p', 'tsconfig.portable.json'),
].every(Boolean);
if (!isSound) process.stderr.write('format, lint or types failed; see above\n');
const areGreen = passes('vitest', 'run', ...process.argv.slice(2));
process.exitCode = isSound && areGreen ? 0 : 1;
