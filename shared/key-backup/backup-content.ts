/**
 * @module The plaintext of a backup: a stream of YAML documents, each a Secret that kubectl would restore. Reading one is strict,
 * because whoever knows the public recipient can make a file that opens.
 */
import { decodeUtf8, encodeUtf8 } from '../encoding/bytes.ts';
import { parseDocuments } from '../encoding/yaml-documents.ts';
import { stringifyYaml } from '../encoding/yaml-output.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { type BackupSecret, readBackupSecret, refused } from './backup-secret.ts';

/** What one backup holds: Secrets of one namespace, at least one key among them. */
export interface BackupContent {
  readonly namespace: string;
  /** Key Secrets in the order of the file. */
  readonly keys: readonly KubeObject[];
  /** The key of content digests; null when the cluster had none. */
  readonly digestKey: KubeObject | null;
}

/** What is said at the top of the plaintext, for people who open it with the age tool. */
export interface BackupHeading {
  readonly at: Date;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_SECRETS = 1000;
const WHERE = 'the backup';

/** The plaintext of a backup of `content`, whose Secrets come from `toBackupSecret`. */
export function formatBackup(content: BackupContent, heading: BackupHeading): SecretBytes {
  const secrets = [...content.keys, ...(content.digestKey === null ? [] : [content.digestKey])];
  const top = [
    `# Sealing keys of namespace ${content.namespace}, backed up by signet at ${heading.at.toISOString()}.`,
    '# Whoever reads this can open everything that was sealed to them. To restore: `signet keys restore`, or',
    '# `age -d FILE | kubectl create -f -` where none of these Secrets exists.',
    '',
  ].join('\n');
  return new SecretBytes(encodeUtf8(top + secrets.map((secret) => `---\n${stringifyYaml(secret)}`).join('')));
}

/**
 * The content of the plaintext `plain`, every Secret brought down to the fields that a restore writes.
 * @throws KeyBackupError `BACKUP_CONTENT_REFUSED`; EncodingError `YAML_*`. Neither quotes a value.
 */
export function parseBackup(plain: SecretBytes): BackupContent {
  const text = decodeUtf8(plain.expose());
  if (text === null) throw refused(WHERE, 'it is not UTF-8 text');
  const documents = parseDocuments(text, { where: WHERE, maxBytes: MAX_BYTES });
  if (documents.length > MAX_SECRETS) throw refused(WHERE, `it has more than ${MAX_SECRETS} documents`);
  const secrets = documents.map(({ value, index }) => readBackupSecret(value, `${WHERE}, document ${index}`));
  const keys = secrets.filter(({ use }) => use === 'key').map(({ object }) => object);
  const digestKeys = secrets.filter(({ use }) => use === 'digest-key').map(({ object }) => object);
  if (keys.length === 0) throw refused(WHERE, 'it holds no sealing key');
  return { namespace: oneNamespace(secrets), keys, digestKey: digestKeys[0] ?? null };
}

/** Every name may stand once: of two Secrets with one name it would be chance which one is restored. */
function oneNamespace(secrets: readonly BackupSecret[]): string {
  const names = new Set(secrets.map(({ object }) => object.metadata.name));
  if (names.size < secrets.length) throw refused(WHERE, 'two of its Secrets have one name');
  const [namespace = '', ...others] = new Set(secrets.map(({ object }) => object.metadata.namespace ?? ''));
  if (others.length > 0) throw refused(WHERE, 'its Secrets are of more than one namespace');
  return namespace;
}
