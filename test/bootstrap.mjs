/**
 * @module `node test/bootstrap.mjs SCRIPT [ARGS…]`: makes a bare checkout able to run SCRIPT and runs it on the pinned Node.
 * The one file that must work before anything is installed: plain JavaScript, Node 20 or newer, no dependency.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const lockfile = path.join(root, 'package-lock.json');
const stampFile = path.join(modules, '.signet-installed');
const pinnedNode = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** An expected failure: its message is all that the user sees. */
class BootstrapError extends Error {}

const [script, ...scriptArguments] = process.argv.slice(2);
try {
  if (script === undefined) throw new BootstrapError('usage: node test/bootstrap.mjs SCRIPT [ARGS...]');
  await ensureInstalled();
  await runPinned(script, scriptArguments);
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(error.message);
  process.exitCode = script === undefined ? 2 : 1;
}

async function ensureInstalled() {
  if (isInstalled()) return;
  const release = await takeTurn();
  try {
    // Whoever had the turn before may have done the work.
    if (isInstalled()) return;
    await installFromLockfile();
    if (!existsSync(pinnedNode)) {
      throw new BootstrapError('the pinned Node was not installed; run npm ci without ignore-scripts');
    }
    writeFileSync(stampFile, expectedStamp());
  } finally {
    release();
  }
}

function isInstalled() {
  if (!existsSync(pinnedNode)) return false;
  if (readText(stampFile) === expectedStamp()) return true;
  if (!equalsLockfile()) return false;
  writeFileSync(stampFile, expectedStamp());
  return true;
}

/** The machine is part of it because a checkout on a shared disk may be used from another kind of machine. */
function expectedStamp() {
  const digest = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  return `${digest} ${process.platform} ${process.arch}\n`;
}

/** Whether npm, run by hand, has installed exactly what the lockfile says; npm keeps a record in node_modules. */
function equalsLockfile() {
  const record = readText(path.join(modules, '.package-lock.json'));
  if (record === undefined) return false;
  try {
    const installed = JSON.parse(record).packages;
    const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
    return Object.keys({ ...installed, ...wanted }).every((name) => {
      if (name === '') return true;
      const [has, needs] = [installed[name], wanted[name]];
      if (has === undefined) return needs.optional === true;
      return has.version === needs?.version && has.integrity === needs?.integrity;
    });
  } catch {
    return false;
  }
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Waits until no other bootstrap of this checkout installs; the turn ends with the returned function or with this process.
 * A listening socket is the lock because the system gives it back whatever happens to its owner.
 */
async function takeTurn() {
  const name = `signet-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  const file = path.join(tmpdir(), `${name}.sock`);
  const address = { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` }[process.platform] ?? file;
  for (;;) {
    const server = createServer();
    const callers = new Set();
    server.on('connection', (caller) => callers.add(caller.on('error', () => undefined)));
    const problem = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(address, () => resolve(undefined));
    });
    if (problem === undefined) {
      return () => {
        server.close();
        for (const caller of callers) caller.destroy();
      };
    }
    if (problem.code !== 'EADDRINUSE') throw problem;
    if ((await waitForHolder(address)) === 'ECONNREFUSED' && address === file) rmSync(file, { force: true });
  }
}

function waitForHolder(address) {
  return new Promise((resolve) => {
    const socket = connect(address).resume();
    socket.once('error', (error) => resolve(error.code));
    socket.once('close', () => resolve(undefined));
  });
}

async function installFromLockfile() {
  console.error('installing the dependencies that package-lock.json names (npm ci) ...');
  const npm = npmCommand();
  // Everything that a checkout needs is a dev dependency, so a setting that omits those must not win.
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--progress=false'];
  const child = spawn(npm.command, [...npm.args, ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-8192);
    });
  }
  const how = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.code === 'ENOENT' ? 'npm is not on PATH' : error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
  if (how === undefined) return;
  // For a lockfile that does not fit, npm prints its whole usage below the reason.
  const [reason = ''] = output.split(/^npm error Clean install a project/m);
  const lines = reason.trim().split('\n').slice(-15).join('\n');
  throw new BootstrapError(`cannot install the dependencies: npm ci failed (${how})\n${lines}`.trim());
}

/** The npm that runs us, when one does: it need not be the one on PATH. */
function npmCommand() {
  const own = process.env.npm_execpath ?? '';
  if (path.basename(own) === 'npm-cli.js') return { command: process.execPath, args: [own] };
  return { command: 'npm', args: [] };
}

async function runPinned(file, args) {
  const tools = path.join(modules, '.bin');
  const child = spawn(pinnedNode, [file, ...args], {
    stdio: 'inherit',
    // Tools that the script starts find the pinned Node first, too.
    env: { ...process.env, PATH: [tools, process.env.PATH].filter(Boolean).join(path.delimiter) },
  });
  const handlers = forwardSignals(child);
  const end = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  for (const [signal, handler] of handlers) process.off(signal, handler);
  if (end.signal !== null) process.kill(process.pid, end.signal);
  process.exitCode = end.code ?? 1;
}

function forwardSignals(child) {
  const terminal = hasTerminal();
  const handlers = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    // A terminal sends Ctrl-C to the whole foreground group; twice would mean "at once" to many programs.
    const isSentToAll = terminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
    return [signal, () => void (isSentToAll || child.kill(signal))];
  });
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return handlers;
}

function hasTerminal() {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
