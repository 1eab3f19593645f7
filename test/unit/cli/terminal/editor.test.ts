import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { editorCommand } from '../../../../cli/terminal/editor.ts';
import { eventually } from '../../../support/eventually.ts';
import { withTempFolder } from '../../../support/run-cli.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

describe('editorCommand', () => {
  test.each([
    ['vi', ['vi']],
    ['  code   --wait ', ['code', '--wait']],
    ['"/a b/subl" -w', ['/a b/subl', '-w']],
    ["'/a b/subl' -w", ['/a b/subl', '-w']],
    ['/a\\ b/subl', ['/a b/subl']],
    ['a"b c"d', ['ab cd']],
    ['"a\\"b"', ['a"b']],
    ['"a\\nb"', ['a\\nb']],
    ['vi; rm -rf $HOME `x` > y', ['vi;', 'rm', '-rf', '$HOME', '`x`', '>', 'y']],
    ["vi ''", ['vi', '']],
  ])('takes %s apart', (text, words) => {
    expect(editorCommand({ env: { VISUAL: text } })).toEqual(words);
  });

  test.each(['"a', "a 'b", 'a"'])('refuses %s, whose quote is not closed', (text) => {
    expect(() => editorCommand({ env: { EDITOR: text } })).toThrow('cannot understand EDITOR: a quote is not closed');
  });

  test.each(["''", '"" -w'])('refuses %s, which names no program', (text) => {
    expect(() => editorCommand({ env: { VISUAL: text } })).toThrow('cannot understand VISUAL: it names no program');
  });

  test('prefers VISUAL, then EDITOR, and passes over empty ones', () => {
    expect(editorCommand({ env: { VISUAL: 'a -b', EDITOR: 'c' } })).toEqual(['a', '-b']);
    expect(editorCommand({ env: { VISUAL: ' ', EDITOR: 'c' } })).toEqual(['c']);
    expect(editorCommand({ env: {} })).toEqual(['vi']);
  });
});

const MAIN = path.resolve(import.meta.dirname, '../../../../cli/main.ts');
const SEALED = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop}
spec:
  encryptedData:
    a: AQold
`;

/** An editor that writes where its file is, then waits until it may end. */
const SLOW_EDITOR = `#!/bin/sh
printf 'a: "new"\\n' > "$1"
cp "$1" "$1~"
printf '%s' "$1" > opened.tmp && mv opened.tmp opened
while [ ! -e go ]; do sleep 0.05; done
`;

async function startEdit(folder: string) {
  await writeFile(path.join(folder, 'sealed.yaml'), SEALED);
  await writeFile(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
  await writeFile(path.join(folder, 'editor'), SLOW_EDITOR);
  await chmod(path.join(folder, 'editor'), 0o700);
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_RUNTIME_DIR: folder, EDITOR: path.join(folder, 'editor') };
  const child = spawn(process.execPath, [MAIN, 'edit', 'sealed.yaml', '--cert', 'cert.pem'], {
    cwd: folder,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const closed = once(child, 'close');
  const file = await eventually(() => readFile(path.join(folder, 'opened'), 'utf8'));
  return { child, closed, file };
}

describe('signet edit as a process', () => {
  test('leaves Ctrl-C to the editor', () =>
    withTempFolder(async (folder) => {
      const { child, closed, file } = await startEdit(folder);
      expect(path.dirname(path.dirname(file))).toBe(folder);
      child.kill('SIGINT');
      child.kill('SIGINT');
      await writeFile(path.join(folder, 'go'), '');
      expect(await closed).toEqual([0, null]);
      expect(await readFile(path.join(folder, 'sealed.yaml'), 'utf8')).not.toContain('AQold');
      expect(existsSync(path.dirname(file))).toBe(false);
    }));

  test.each(['SIGTERM', 'SIGHUP'] as const)('ends the editor on %s, and leaves no file behind', (signal) =>
    withTempFolder(async (folder) => {
      const { child, closed, file } = await startEdit(folder);
      child.kill(signal);
      expect(await closed).toEqual([130, null]);
      expect(existsSync(path.dirname(file))).toBe(false);
      expect(await readFile(path.join(folder, 'sealed.yaml'), 'utf8')).toBe(SEALED);
    }),
  );
});
