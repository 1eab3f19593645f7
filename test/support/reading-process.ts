/** @module A process of its own that reads one tree and prints what came of it, for tests that end it from outside. Arguments: url, cache, commit. */
import { openRepository } from '../../shared/git/open-repository.ts';

const [url = '', cacheDirectory = '', commit = ''] = process.argv.slice(2);
const environment = { PATH: process.env['PATH'] };
const repository = openRepository({ url, cacheDirectory, environment, tenant: 'test', allowFile: true });
const tree = await repository.readTree(commit, '');
process.stdout.write(`${tree.files.length}\n`);
