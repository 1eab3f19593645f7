/** @module Rows of `seal`: one Secret as a whole process, and a thousand files of a repository in one command. */
import { execFileSync } from 'node:child_process';
import { cp, link, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchRow, median, showMs, showRatio } from './row.ts';
import { sampleSecrets } from './sample-objects.ts';
import { BENCH_ENVIRONMENT, timeCommand, timeInTurn } from './whole-process.ts';

const ROUNDS = 15;
const FILES = 1_000;

/** Measures both rows. */
export async function benchSeal(context: BenchContext): Promise<readonly BenchRow[]> {
  const certificate = path.join(context.folder, 'cert.pem');
  const { certificatePem } = await issueSealingKey({ bits: 4_096, validForMs: 86_400_000, now: new Date() });
  await writeFile(certificate, certificatePem);
  return [await sealOne(context, certificate), await sealMany(context, certificate)];
}

async function sealOne(context: BenchContext, certificate: string): Promise<BenchRow> {
  const file = path.join(context.folder, 'secret.yaml');
  await writeFile(file, stringifyYaml(sampleSecrets(1, 'bench')[0]));
  const node = process.execPath;
  const bare = { words: [node, '-e', '0'] };
  const ours = { words: [node, context.signet, 'seal', '-f', file, '--cert', certificate] };
  const theirs = context.kubeseal
    ? [{ words: [context.kubeseal, '-f', file, '--cert', certificate, '-o', 'yaml'] }]
    : [];
  const [bareTimes = [], ourTimes = [], peerTimes = []] = await timeInTurn([bare, ours, ...theirs], ROUNDS);
  const added = median(ourTimes) - median(bareTimes);
  return {
    what: 'seal one Secret, certificate at hand, whole process',
    ours: `${showMs(median(ourTimes))}; bare \`node -e 0\` ${showMs(median(bareTimes))}`,
    peer: context.kubeseal ? `kubeseal ${showMs(median(peerTimes))}` : context.withoutGo,
    ratio: `bare node + ${showMs(added)}`,
    goal: 'bare node + 25 ms',
  };
}

async function sealMany(context: BenchContext, certificate: string): Promise<BenchRow> {
  const plain = path.join(context.folder, 'plain');
  await mkdir(plain);
  const secrets = sampleSecrets(FILES, 'bench');
  await Promise.all(
    secrets.map((secret, index) => writeFile(path.join(plain, `${index}.yaml`), stringifyYaml(secret))),
  );
  const ours = await timeSealing(context, certificate, plain);
  const peer = context.kubeseal ? timeKubeseal(context.kubeseal, certificate, plain) : Number.NaN;
  return {
    what: `seal ${FILES} Secrets of a repository (${2 * FILES} values)`,
    ours: showMs(ours),
    peer: context.kubeseal ? `kubeseal, once for each file: ${showMs(peer)}` : context.withoutGo,
    ratio: context.kubeseal ? `${showRatio(peer, ours)} faster` : '–',
    goal: '30 times faster',
  };
}

async function timeSealing(context: BenchContext, certificate: string, plain: string): Promise<number> {
  const copies = await Promise.all(Array.from({ length: 3 }, (_, round) => copyKept(context.folder, plain, round)));
  const times: number[] = [];
  for (const copy of copies) {
    const words = [process.execPath, context.signet, 'seal', '-f', copy, '--cert', certificate, '--in-place'];
    times.push(await timeCommand({ words }));
  }
  return median(times);
}

/**
 * A copy whose files keep a second name when they are replaced. Else each round would free a thousand inodes, and ext4 steps over every inode
 * that was freed in the last minutes for each file that it makes.
 */
async function copyKept(folder: string, plain: string, round: number): Promise<string> {
  const [copy, kept] = [`copy-${round}`, `kept-${round}`].map((name) => path.join(folder, name)) as [string, string];
  await cp(plain, copy, { recursive: true });
  await mkdir(kept);
  for (const name of await readdir(copy)) await link(path.join(copy, name), path.join(kept, name));
  return copy;
}

function timeKubeseal(kubeseal: string, certificate: string, plain: string): number {
  const startedAt = performance.now();
  for (let index = 0; index < FILES; index += 1) {
    const file = path.join(plain, `${index}.yaml`);
    // It cannot write to its own input, which Signet replaces; either way a file is written for each.
    execFileSync(kubeseal, ['-f', file, '--cert', certificate, '-w', `${file}.sealed`], { env: BENCH_ENVIRONMENT });
  }
  return performance.now() - startedAt;
}
