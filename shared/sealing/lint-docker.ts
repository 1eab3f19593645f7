/** @module Mistakes in registry logins, which a kubelet passes over without a word. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { parseJson } from '../encoding/json.ts';
import { isMap } from '../encoding/value-kind.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { LintFinding } from './lint-finding.ts';

const CONFIG_KEY = '.dockerconfigjson';
const OLD_CONFIG_KEY = '.dockercfg';
const EXAMPLE = 'write it as `docker login` does, or let `signet set --docker-registry` make it';

/** What is wrong with the value of `key`, when it is a registry login by its name. */
export function lintDockerConfig(key: string, value: SecretBytes, type: string | undefined): readonly LintFinding[] {
  const isOld = key === OLD_CONFIG_KEY && (type === undefined || type === 'kubernetes.io/dockercfg');
  if (key !== CONFIG_KEY && !isOld) return [];
  const config = parse(value);
  if (!isMap(config)) {
    const problem = config === undefined ? 'is not JSON' : 'is not a JSON object';
    return [{ code: 'LINT_DOCKER_CONFIG_INVALID', key, message: `${JSON.stringify(key)} ${problem}`, hint: EXAMPLE }];
  }
  const logins = isOld ? config : config['auths'];
  if (isMap(logins) && Object.keys(logins).length > 0) return [];
  const problem = isOld ? 'holds no login' : 'has no logins under "auths"';
  return [{ code: 'LINT_DOCKER_CONFIG_EMPTY', key, message: `${JSON.stringify(key)} ${problem}`, hint: EXAMPLE }];
}

/** Undefined when it is not JSON. */
function parse(value: SecretBytes): unknown {
  const text = decodeUtf8(value.expose());
  if (text === null) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
