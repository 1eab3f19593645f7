import { expect, test } from 'vitest';
import { resolveAsked } from '../../../../cli/connect/asked-revision.ts';
import type { AskedReference, GitRepository } from '../../../../shared/git/git-repository.ts';

const COMMIT = 'a'.repeat(40);
const { signal } = new AbortController();

/** A repository that resolves everything, and what it was asked. */
function recording(): { readonly asked: AskedReference[]; readonly repository: GitRepository } {
  const asked: AskedReference[] = [];
  const resolve = async (reference: AskedReference) => {
    asked.push(reference);
    return { commit: COMMIT, revision: `x@sha1:${COMMIT}` };
  };
  return { asked, repository: { resolve } as unknown as GitRepository };
}

async function askedFor(word: string | undefined): Promise<AskedReference | undefined> {
  const { asked, repository } = recording();
  await resolveAsked(repository, { tag: 'followed' }, word, signal);
  return asked[0];
}

test('a word is a commit, a full name, HEAD or a branch, and without one what is followed counts', async () => {
  expect(await askedFor(COMMIT)).toEqual({ commit: COMMIT });
  expect(await askedFor('refs/heads/main')).toEqual({ branch: 'main' });
  expect(await askedFor('refs/tags/v1')).toEqual({ tag: 'v1' });
  expect(await askedFor('refs/pull/7/merge')).toEqual({ name: 'refs/pull/7/merge' });
  expect(await askedFor('HEAD')).toEqual({});
  expect(await askedFor('main')).toEqual({ branch: 'main' });
  expect(await askedFor(undefined)).toEqual({ tag: 'followed' });
});

test('an empty word, as of a variable that is not set, is refused and nothing is asked', async () => {
  const { asked, repository } = recording();
  await expect(resolveAsked(repository, {}, '', signal)).rejects.toMatchObject({ code: 'CLI_USAGE' });
  expect(asked).toEqual([]);
});
