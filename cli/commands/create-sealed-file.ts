/** @module `signet set` for a file that does not exist: a new SealedSecret. */
import path from 'node:path';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { lintSecret } from '../../shared/sealing/lint-secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { createCertificateFinder } from '../connect/sealing-certificate.ts';
import { describeObject } from '../manifests/manifest-objects.ts';
import { NOTHING_CHANGED } from '../manifests/sealed-file.ts';
import { formatOf } from '../options/output-options.ts';
import { formatManifest } from '../output/manifests.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { STDIN_NAME } from '../terminal/input-files.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { locateFindings, reportFindings } from './lint-report.ts';
import { readNewItems } from './new-items.ts';
import type { SetCommandOptions, SetTask } from './set-options.ts';

/** Seals the values of `source` into a new file. Everything else is settled before anybody is asked for one. */
export async function createSealedFile(
  { file, source }: SetTask,
  options: SetCommandOptions,
  session: Session,
): Promise<ExitCode> {
  const { io, report } = session;
  const metadata = await metadataOf(file, options, session);
  const target = resolvePath(io, file);
  const certificate = await createCertificateFinder(session, options)(path.dirname(target));
  const { values, type = options.type } = await readNewItems(session, source);
  try {
    const findings = await lintSecret({ type: options.type ?? type, values }, io.now());
    const value = { kind: 'Secret', metadata };
    reportFindings(report, locateFindings({ place: file, value }, findings), {
      ...options,
      consequence: NOTHING_CHANGED,
    });
    const entries = [...values].map(([key, bytes]) => [key, encodeBase64(bytes.expose())]);
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      ...(type === undefined ? {} : { type: options.type ?? type }),
      data: Object.fromEntries(entries),
    };
    const { scope = 'strict', receipt } = options;
    const sealed = await sealSecret(secret, { certificate, scope, receipt });
    const content = formatManifest(sealed, formatOf({ write: file }));
    const { writeOutputFiles } = await import('../terminal/output-file.ts');
    await writeOutputFiles([{ name: file, path: target, content, access: 'public', isNew: true }], io.signal);
    report.note(`made "${file}" with ${describeObject(sealed)}`);
  } finally {
    for (const value of values.values()) value.wipe();
  }
  return EXIT.done;
}

async function metadataOf(file: string, options: SetCommandOptions, session: Session) {
  const { name, namespace, scope = 'strict', object } = options;
  if (file === STDIN_NAME) throw usageError('cannot edit standard input', 'name a file');
  if (object !== undefined || name === undefined) {
    const problem = object === undefined ? 'it does not exist, and a new one needs a name' : 'it does not exist';
    throw usageError(`cannot edit "${file}": ${problem}`, 'name the Secret with --name to make the file');
  }
  if (namespace !== undefined || scope === 'cluster-wide')
    return { name, ...(namespace === undefined ? {} : { namespace }) };
  const { readContextNamespace } = await import('../connect/context-namespace.ts');
  const found = await readContextNamespace(session.io, options);
  if (found === null) {
    throw new CliError(
      'CLI_NAMESPACE_MISSING',
      `cannot make "${file}": scope ${scope} binds to a namespace, and none is named`,
      {
        hint: 'name one with -n, or seal with --scope cluster-wide',
      },
    );
  }
  session.report.note(`sealing for namespace "${found.namespace}" of ${found.origin}`);
  return { name, namespace: found.namespace };
}
