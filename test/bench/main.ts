/**
 * @module `npm run bench [-- seal|unseal|keyring|sync …] [-- --write]`: measures side by side in one run and prints a table with ratios; `--write`
 * puts it into docs/benchmarks.md.
 */
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchContext, prepareBench } from './bench-context.ts';
import { benchKeyring } from './keyring-bench.ts';
import { describeMachine } from './machine.ts';
import { type BenchRow, toMarkdown } from './row.ts';
import { benchSeal } from './seal-bench.ts';
import { benchSync } from './sync-bench.ts';
import { benchUnseal } from './unseal-bench.ts';

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<readonly BenchRow[]>>> = {
  seal: benchSeal,
  unseal: benchUnseal,
  keyring: benchKeyring,
  sync: benchSync,
};

const target = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));

if (unknown.length > 0) {
  process.stderr.write(
    `bench: there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  await measure();
}

async function measure(): Promise<void> {
  const context = await prepareBench((line) => process.stderr.write(`${line}\n`));
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
of its own, on loopback, with etcd's syncing to disk switched off. Requests are the API server's own count.

${text}
How each figure is taken:

- *seal one*: whole processes in turn (bare Node, Signet, kubeseal), 15 rounds after one that does not count; medians.
- *seal many*: one command over a directory, three rounds; kubeseal once for each file, with \`-w\`.
- *unseal*: SealedSecrets are created 16 at a time; the clock ends when a watch has seen every Secret. The sealed-secrets controller runs with
  \`--kubeclient-qps=-1\`, which lifts its client-side limit. The bare loop decrypts the same values in two lanes and creates the Secrets, 16 at a time; once without and once
  with the creation of the SealedSecrets, which is in the controllers' times.
- *restart*: from the start of the process until it is ready (ours) or has looked at every object (theirs); work is counted for
  three seconds after that.
- *keyring*: objects of one and of nine items, sealed to each of 24 keys in turn, opened one after the other; a value's time is the difference
  divided by eight. kubeseal gets all 24 keys and an object sealed to the middle one; its start is in both of its times, and so in neither value.
- *sync*: from the creation of the GitSync until Ready; the agent from its start until every object exists. With nothing changed: from the request
  until it is acknowledged (median of five), and from the agent's trigger until its result.
- *drift*: from the moment an edit is sent until a watch sees it undone.
`;
}
