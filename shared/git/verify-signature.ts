/**
 * @module Verifies the signature of a commit or an annotated tag through git itself, with the given signers and nobody else: neither keys nor settings
 * of the machine count.
 */
import { GitError } from './errors.ts';
import { fetchCommit } from './fetch-commit.ts';
import type { GitSetting } from './git-environment.ts';
import type { ResolvedRevision } from './git-repository.ts';
import { withPrivateFolder, writePrivateFile } from './private-files.ts';
import type { Remote } from './remote.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { MirrorPlace } from './repository-mirrors.ts';
import type { ProgramOutcome } from './run-program.ts';
import type { SignatureMode, Signers } from './signers.ts';

/** One verification. The mirror is this verification's alone while it runs. */
export interface SignatureCheck extends MirrorPlace {
  /** Where private files may lie for the time of the check. */
  readonly privateDirectory: string;
  readonly revision: Pick<ResolvedRevision, 'commit' | 'tag'>;
  readonly mode: SignatureMode;
  readonly signers: Signers;
}

const MAX_TAG_BYTES = 1024 * 1024;

/** Returns when what `mode` asks for is signed by a signer. @throws GitError `GIT_SIGNATURE_INVALID`, `GIT_SIGNERS_INVALID`, `GIT_MISSING` */
export async function verifySignature(check: SignatureCheck): Promise<void> {
  const { revision, mode, privateDirectory } = check;
  await fetchCommit({ ...check, commit: revision.commit, contents: 'none' });
  const tag = mode === 'Head' ? null : await bringTag(check);
  await withPrivateFolder(privateDirectory, async (folder) => {
    const access = await prepareSigners(check, folder);
    if (tag !== null) await verifyObject(check, access, { kind: 'tag', id: tag });
    if (mode !== 'Tag') await verifyObject(check, access, { kind: 'commit', id: revision.commit });
  });
}

/** Id of the tag's object, which is in the mirror then, and says of itself what the repository says of it: an old tag under a new name is none. */
async function bringTag(check: SignatureCheck): Promise<string> {
  const { git, remote, mirror, revision, signal } = check;
  const { commit, tag } = revision;
  if (tag === undefined)
    throw invalid(`commit ${commit} was not found by a tag, and the signature of a tag is asked for`);
  if (tag.object === null) throw invalid(`tag ${tag.name} is not an annotated one, and so cannot be signed`);
  const fetch = (want: string): ReturnType<Remote['fetch']> =>
    remote.fetch({ mirror, wants: [`+${want}:refs/signet/tags/latest`], history: 'none', withoutBlobs: true, signal });
  const args = ['--git-dir=.', 'cat-file', 'tag', tag.object];
  const read = (): Promise<ProgramOutcome> => git.run(args, { cwd: mirror, signal, maxOutputBytes: MAX_TAG_BYTES });
  let outcome = await read();
  if (outcome.exitCode !== 0) {
    if ((await fetch(tag.object)) === 'refused') await fetch(`refs/tags/${tag.name}`);
    outcome = await read();
  }
  if (outcome.exitCode !== 0)
    throw new GitError('GIT_COMMIT_NOT_FOUND', `cannot fetch tag ${tag.name}: it was moved or deleted just now`);
  const head = outcome.stdout.toString('utf8').split('\n', 3).join('\n');
  if (head === `object ${commit}\ntype commit\ntag ${tag.name}`) return tag.object;
  throw invalid(`tag ${tag.name} was made for another name or another commit`);
}

/** Formats without a signer have no program that could say yes. */
async function prepareSigners(check: SignatureCheck, folder: string): Promise<RemoteAccess> {
  const { allowedSigners, pgpKeys } = check.signers;
  const file = await writePrivateFile(folder, 'allowed_signers', `${allowedSigners.trimEnd()}\n`);
  if (pgpKeys.length > 0) await importKeys(check, folder);
  const settings: GitSetting[] = [
    ['gpg.minTrustLevel', 'fully'],
    ['gpg.ssh.allowedSignersFile', file],
    ['gpg.ssh.program', 'ssh-keygen'],
    ['gpg.openpgp.program', pgpKeys.length > 0 ? 'gpg' : 'false'],
    ['gpg.x509.program', 'false'],
  ];
  return { settings, variables: { GNUPGHOME: folder, TMPDIR: folder } };
}

/** Every key of this keyring is trusted, since it holds nobody else's. */
const GPG_SETTINGS = 'batch\nno-tty\nno-autostart\ndisable-dirmngr\nno-auto-key-retrieve\ntrust-model always\n';

async function importKeys({ git, signers, signal }: SignatureCheck, folder: string): Promise<void> {
  await writePrivateFile(folder, 'gpg.conf', GPG_SETTINGS);
  const stdin = `${signers.pgpKeys.join('\n')}\n`;
  const outcome = await git
    .runHelper('gpg', ['--homedir', folder, '--import'], { cwd: folder, stdin, signal })
    .catch((error: unknown) => {
      if (!(error instanceof GitError) || error.code !== 'GIT_MISSING') throw error;
      throw new GitError('GIT_MISSING', 'cannot verify PGP signatures: there is no gpg program on the PATH', {
        hint: 'sign with SSH keys, or use an image that has gpg',
      });
    });
  if (outcome.exitCode === 0) return;
  throw new GitError('GIT_SIGNERS_INVALID', 'cannot use the signers: gpg does not take the PGP keys', {
    hint: 'each .asc has to be one armored public key, as gpg --armor --export prints it',
  });
}

async function verifyObject(
  { git, mirror, signal }: SignatureCheck,
  access: RemoteAccess,
  { kind, id }: { readonly kind: 'commit' | 'tag'; readonly id: string },
): Promise<void> {
  const outcome = await git.run(['--git-dir=.', `verify-${kind}`, '--raw', id], { cwd: mirror, local: access, signal });
  if (outcome.exitCode === 0) return;
  throw invalid(`${kind} ${id} ${explain(outcome)}`);
}

/** What stands in the way, from what ssh-keygen or gpg said; nothing that they quote is repeated, but for names of keys. */
function explain({ stdout, stderr }: ProgramOutcome): string {
  const said = `${stdout.toString('utf8')}\n${stderr}`;
  const key =
    /with \S+ key (SHA256:[\w+/=]+)/.exec(said)?.[1] ??
    /\[GNUPG:\] (?:NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG) ([0-9A-F]+)/.exec(said)?.[1];
  if (key !== undefined)
    return `is signed with key ${key}, which is not, or no longer, one of a signer, or the signature does not match`;
  return said.trim() === '' || /no signature found/.test(said)
    ? 'is not signed'
    : 'has a signature that is not one of a signer';
}

function invalid(why: string): GitError {
  return new GitError('GIT_SIGNATURE_INVALID', `cannot trust the revision: ${why}`, {
    hint: 'sign it with a key of the Secret in spec.source.verify, or add the key there',
  });
}
