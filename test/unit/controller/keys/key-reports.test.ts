import { expect, test } from 'vitest';
import { KeyReports } from '../../../../controller/keys/key-reports.ts';
import { readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { NO_KEYS, takeSnapshot } from '../../../../controller/keys/key-snapshot.ts';
import type { LoadResult } from '../../../../controller/keys/loaded-key.ts';
import { createLogger } from '../../../../controller/logging/pino-logger.ts';
import { BACKED_UP_AT_ANNOTATION, BACKED_UP_FINGERPRINT_ANNOTATION } from '../../../../shared/resources/names.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';
import { firstKey, secondKey } from '../../../support/test-secrets.ts';

const RULES = { order: 'CertNotBefore', now: new Date('2026-06-01T00:00:00Z') } as const;

function bench() {
  const lines: string[] = [];
  const events: string[] = [];
  const logger = createLogger({ level: 'warn', write: (line) => lines.push(line) });
  const reports = new KeyReports(logger, (object, reason, message) =>
    events.push(`${object.metadata.name} ${reason}: ${message}`),
  );
  const look = (...results: readonly LoadResult[]) =>
    reports.onKeys(
      takeSnapshot(results, RULES),
      results.map(({ secret }) => secret),
    );
  return { reports, lines, events, look };
}

function secretOf(name: string, annotations: Record<string, string> = {}) {
  const object = keySecret('keys', name, FIRST_KEY);
  return readKeySecret({ ...object, metadata: { ...object.metadata, annotations } }, 'p');
}

test('a key Secret that cannot be used is told of once, and again when it breaks anew', () => {
  const { look, events } = bench();
  const broken = { secret: secretOf('broken'), problem: 'no PEM' };
  look(broken);
  look(broken);
  expect(events).toEqual(['broken KeyUnusable: cannot use this sealing key: no PEM']);
  look();
  look(broken);
  look({ ...broken, problem: 'other' });
  expect(events).toHaveLength(3);
});

test('an active key without a confirmed backup is warned of once for each key', () => {
  const { look, lines } = bench();
  const first = { secret: secretOf('a'), key: firstKey, chainPem: '' };
  look(first);
  look(first);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(firstKey.fingerprint);
  look({ secret: secretOf('b'), key: secondKey, chainPem: '' });
  look(first);
  expect(lines).toHaveLength(2);
});

test('a key with a confirmed backup, and no key at all, are nothing to warn of', () => {
  const { look, lines } = bench();
  const annotations = {
    [BACKED_UP_AT_ANNOTATION]: '2026-01-01T00:00:00Z',
    [BACKED_UP_FINGERPRINT_ANNOTATION]: firstKey.fingerprint,
  };
  look({ secret: secretOf('a', annotations), key: firstKey, chainPem: '' });
  look();
  expect(NO_KEYS.active).toBeNull();
  expect(lines).toEqual([]);
});

test('that nothing can be sealed is said once, and again after it could', () => {
  const { reports, lines } = bench();
  for (const problem of ['no key', 'no key', undefined, 'no key']) reports.onProblem(problem);
  expect(lines).toHaveLength(2);
});

test('a key that is gone and needed is warned of once, and again when it goes anew', () => {
  const { reports, lines } = bench();
  const { fingerprint } = firstKey;
  reports.onMissing([{ fingerprint, objects: 3 }]);
  reports.onMissing([{ fingerprint, objects: 2 }]);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    fingerprint,
    objects: 3,
    msg: 'SealedSecrets need a sealing key that is gone: bring its Secret back, for example with signet keys restore',
  });
  reports.onMissing([]);
  reports.onMissing([{ fingerprint, objects: 2 }]);
  expect(lines).toHaveLength(2);
});
