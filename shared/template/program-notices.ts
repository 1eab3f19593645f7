/** @module The licence texts of all that is compiled into the template program, which whoever hands it on must hand on too. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { goEnvironment, type ProgramBuild } from './build-program.ts';

const LICENCE = /^(licen[cs]e|copying|notice)/i;
/** Name and folder of each module but our own, one line for each package. */
const MODULE_LINE = '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}';

/** One text for each module and for Go itself: its name and version, and its licence. @throws when there is no Go */
export async function programNotices({
  sourceFolder,
  variables,
}: Pick<ProgramBuild, 'sourceFolder' | 'variables'>): Promise<readonly string[]> {
  const go = async (...words: string[]): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)('go', words, { cwd: sourceFolder, env: goEnvironment(variables) });
    return stdout.split('\n').filter((line) => line !== '');
  };
  const [root = '', version = ''] = await go('env', 'GOROOT', 'GOVERSION');
  const modules = new Set(await go('list', '-mod=readonly', '-deps', '-f', MODULE_LINE, '.'));
  return Promise.all([`${version}\t${root}`, ...[...modules].sort()].map(noticeOf));
}

async function noticeOf(line: string): Promise<string> {
  const [name = '', folder = ''] = line.split('\t');
  const files = (await readdir(folder)).filter((file) => LICENCE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return [name, ...texts.map((text) => text.trim())].join('\n\n');
}
