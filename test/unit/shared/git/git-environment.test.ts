import { expect, test } from 'vitest';
import { createGitEnvironment } from '../../../../shared/git/git-environment.ts';

function settingsOf(environment: Record<string, string>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (let index = 0; index < Number(environment['GIT_CONFIG_COUNT']); index++) {
    settings[environment[`GIT_CONFIG_KEY_${index}`]!] = environment[`GIT_CONFIG_VALUE_${index}`]!;
  }
  return settings;
}

const AROUND = {
  PATH: '/bin',
  HOME: '/home/somebody',
  GIT_DIR: '/elsewhere',
  GIT_SSH_COMMAND: 'evil',
  LD_PRELOAD: '/evil.so',
  HTTPS_PROXY: 'http://proxy:3128',
  https_proxy: '',
};

test('createGitEnvironment inherits nothing but the search path, and proxies for https', () => {
  const environment = createGitEnvironment(AROUND, 'https');
  expect(environment).toMatchObject({ PATH: '/bin', HOME: '/dev/null', HTTPS_PROXY: 'http://proxy:3128' });
  expect(environment).toMatchObject({
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  });
  for (const name of ['GIT_DIR', 'GIT_SSH_COMMAND', 'LD_PRELOAD', 'https_proxy'])
    expect(environment).not.toHaveProperty(name);
  expect(createGitEnvironment(AROUND, 'http')).not.toHaveProperty('HTTPS_PROXY');
});

test('createGitEnvironment allows the one transport that is asked for', () => {
  const environment = createGitEnvironment(AROUND, 'ssh');
  expect(environment['GIT_ALLOW_PROTOCOL']).toBe('ssh');
  expect(settingsOf(environment)).toMatchObject({ 'protocol.allow': 'never', 'protocol.ssh.allow': 'always' });
  expect(settingsOf(environment)).not.toHaveProperty('protocol.https.allow');
  expect(createGitEnvironment(AROUND, 'none')['GIT_ALLOW_PROTOCOL']).toBe('');
});

test('createGitEnvironment switches off hooks, helpers and redirects, and takes further settings', () => {
  const settings = settingsOf(createGitEnvironment(AROUND, 'https', [['remote.origin.url', 'https://host/x']]));
  expect(settings).toMatchObject({
    'core.hooksPath': '/dev/null',
    'credential.helper': '',
    'http.followRedirects': 'false',
    'fetch.fsckObjects': 'true',
    'remote.origin.url': 'https://host/x',
  });
});
