/** @module Keys and tokens of one control plane, made anew for each. Certificates are the API server's own making. */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Files that the programs of a control plane authenticate with, and the administrator's token. */
export interface Credentials {
  /** Bearer token of user `admin` in group `system:masters`. */
  readonly adminToken: string;
  /** Static token file of the API server. */
  readonly tokenFile: string;
  /** Private key that service account tokens are signed with. */
  readonly serviceAccountKeyFile: string;
  /** Its public half. */
  readonly serviceAccountPublicKeyFile: string;
}

/** Makes them in `directory`, readable by this user alone. */
export async function makeCredentials(directory: string): Promise<Credentials> {
  const adminToken = randomBytes(24).toString('hex');
  const pair = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const save = async (name: string, content: string): Promise<string> => {
    const file = path.join(directory, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  return {
    adminToken,
    tokenFile: await save('tokens.csv', `${adminToken},admin,admin,"system:masters"\n`),
    serviceAccountKeyFile: await save('service-account.key', pair.privateKey),
    serviceAccountPublicKeyFile: await save('service-account.pub', pair.publicKey),
  };
}
