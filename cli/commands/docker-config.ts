/** @module The content of `.dockerconfigjson` for one login, as `kubectl create secret docker-registry` makes it. */
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { concatBytes, decodeUtf8, encodeUtf8 } from '../../shared/encoding/bytes.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { CliError } from '../terminal/errors.ts';

/** One login at a registry. */
export interface DockerLogin {
  /** Host with port, or URL. */
  readonly server: string;
  readonly user: string;
  readonly password: SecretBytes;
}

/** What Docker's own registry is called in configurations. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** The configuration with that login. `password` is left as it is. @throws CliError `CLI_OBJECT_INVALID` for one that is not text */
export function dockerConfig({ server, user, password }: DockerLogin): SecretBytes {
  const text = decodeUtf8(password.expose());
  if (text === null) throw new CliError('CLI_OBJECT_INVALID', 'cannot use the password: it is not UTF-8 text');
  const auth = encodeBase64(concatBytes([encodeUtf8(`${user}:`), password.expose()]));
  const host = /^(?:index\.)?docker\.io$/.test(server) ? DOCKER_HUB : server;
  return SecretBytes.fromText(JSON.stringify({ auths: { [host]: { username: user, password: text, auth } } }));
}
