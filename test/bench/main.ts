/**
 * @module `npm run bench [-- seal|unseal|keyring|sync|fleet|steady …] [-- --write] [-- --quiet=SECONDS]`: measures side by side in one run and prints
 * a table with ratios; `--write` puts it into docs/benchmarks.md; `--quiet` is how long a controller with nothing to do is watched, 60 seconds by default.
 */
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchContext, prepareBench } from './bench-context.ts';
import { benchFleet } from './fleet-bench.ts';
import { benchKeyring } from './keyring-bench.ts';
import { describeMachine } from './machine.ts';
import { type BenchRow, toMarkdown } from './row.ts';
import { benchSeal } from './seal-bench.ts';
import { benchSteady } from './steady-bench.ts';
import { benchSync } from './sync-bench.ts';
import { benchUnseal } from './unseal-bench.ts';

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<readonly BenchRow[]>>> = {
  seal: benchSeal,
  unseal: benchUnseal,
  keyring: benchKeyring,
  sync: benchSync,
  fleet: benchFleet,
  steady: benchSteady,
};

const target = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false }, quiet: { type: 'string', default: '60' } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
const quietSeconds = Number(values.quiet);

if (unknown.length > 0) {
  process.stderr.write(
    `bench: there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exitCode = 2;
} else if (!(quietSeconds >= 1)) {
  process.stderr.write(`bench: --quiet ${values.quiet} is no number of seconds\n`);
  process.exitCode = 2;
} else {
  await measure();
}

async function measure(): Promise<void> {
  const context = await prepareBench({ report: (line) => process.stderr.write(`${line}\n`), quietSeconds });
  try {
    const rows: BenchRow[] = [];
    for (const name of names) rows.push(...((await BENCHES[name]?.(context)) ?? []));
    const text = `${describeMachine()}\n\n${toMarkdown(rows)}`;
    process.stdout.write(`\n${text}`);
    if (values.write) await writeFile(target, document(text));
  } finally {
    await rm(context.folder, { recursive: true, force: true });
  }
}

function document(text: string): string {
  return `# Benchmarks

Measured by \`npm run bench -- --write\`: one run on one machine, everything that is compared in that run. Times depend on the machine, and on what
else it does; the ratios are what to read. The bundles that \`npm run build\` makes are what is measured. Every controller gets an API server
of its own, on loopback, with etcd's syncing to disk switched off, whose definitions are older than the two seconds in which it holds up what is created of
their kinds. Requests are the API server's own count.

${text}
How each figure is taken:

- *seal one*: whole processes in turn (bare Node, Signet, kubeseal), 15 rounds after one that does not count; medians.
- *seal many*: one command over a directory, three rounds, median; the files that it replaces keep a second name, since ext4 steps over every inode that was freed in
  the last minutes for each file that it makes. kubeseal once for each file, with \`-w\`.
- *unseal*: SealedSecrets are created 16 at a time; the clock ends when a watch has seen every Secret. The sealed-secrets controller runs with
  \`--kubeclient-qps=-1\`, which lifts its client-side limit. The bare loop decrypts the same values in two lanes and creates the Secrets, 16 at a time; once without and once
  with the creation of the SealedSecrets, which is in the controllers' times.
- *restart*: from the start of the process until it is ready (ours) or has looked at every object (theirs); work is counted for
  three seconds after that.
- *keyring*: objects of one and of nine items, sealed to each of 24 keys in turn, opened one after the other; a value's time is the difference
  divided by eight. kubeseal gets all 24 keys and an object sealed to the middle one; its start is in both of its times, and so in neither value.
- *sync*: from the creation of the GitSync until a watch sees it Ready, and the bare loop, in turn, three times each; medians. The agent from its start until
  every object exists. The bare loop is a process of its own that was only just started, with the controller's identity and no engine around it: it clones the
  repository with git, parses the YAML and applies, 16 objects at a time; its applies alone are given beside it. With nothing changed: from the request until it is
  acknowledged (median of five), and from the agent's trigger until its result.
- *drift*: from the moment an edit is sent until a watch sees it undone.
- *fleet*: GitSyncs of ten ConfigMaps each, every one with a path of its own. Each commit changes one object; then the GitSync that it concerns is asked for a look by
  annotation, and the others hear of the commit from it. Applied: from before the push until a watch sees the new value; the next commit comes when all
  GitSyncs report the one before. Rendered is the controller's own count, and the benchmark fails unless it is one.
- *steady*: requests are the controller's own count, watches that are opened again included; processor time is the system's. Quiet begins five seconds after the
  controller is ready again; with \`--quiet=600\` it lasts ten minutes. Statuses are merge patches of Deployments by somebody else; five seconds after the
  last one are in the count.
`;
}
