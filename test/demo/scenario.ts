/** @module What the demo's repository holds, and which of its files the later steps touch. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';

const bundledApp = fileURLToPath(new URL('./app', import.meta.url));

/** A repository's content before anything of it is sealed. */
export interface Scenario {
  /** Namespace of the GitSync; objects that name none go there. */
  readonly namespace: string;
  /** A ConfigMap that is edited by hand, and later in Git. */
  readonly config: { readonly file: string; readonly namespace: string; readonly name: string; readonly key: string };
  /** Value of `config.key` in Git at first, and after the edit. */
  readonly values: { readonly before: string; readonly after: string };
  /** Path of the repository that the last step removes, and an object that it holds. */
  readonly removed: { readonly path: string; readonly object: string; readonly namespace: string };
}

const NAMESPACE = 'delivery';

const SHOP: Scenario = {
  namespace: NAMESPACE,
  config: { file: 'checkout/config.yaml', namespace: 'shop', name: 'checkout', key: 'FEATURE_GIFT_CARDS' },
  values: { before: 'off', after: 'on' },
  removed: { path: 'search', object: 'deployment/search', namespace: 'shop' },
};

const FROM: Scenario = {
  namespace: NAMESPACE,
  config: { file: 'signet-demo/config.yaml', namespace: NAMESPACE, name: 'signet-demo', key: 'greeting' },
  values: { before: 'hello', after: 'welcome' },
  removed: { path: 'signet-demo/config.yaml', object: 'configmap/signet-demo', namespace: NAMESPACE },
};

/** Fills `folder` with the bundled application, or with a copy of `from` and two small objects of the demo's own. */
export async function fillRepository(folder: string, from: string | undefined): Promise<Scenario> {
  await cp(from ?? bundledApp, folder, { recursive: true, filter: (source) => path.basename(source) !== '.git' });
  if (from === undefined) return SHOP;
  await mkdir(path.join(folder, 'signet-demo'), { recursive: true });
  const head = (kind: string) =>
    `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: signet-demo\n  namespace: ${NAMESPACE}\n`;
  await writeFile(path.join(folder, 'signet-demo/config.yaml'), `${head('ConfigMap')}data:\n  greeting: "hello"\n`);
  await writeFile(
    path.join(folder, 'signet-demo/secret.yaml'),
    `# Made by the demo, so that there is something to seal.\n${head('Secret')}stringData:\n  password: demo-from-4c1d\n`,
  );
  return FROM;
}

/** Files below `folder` with a Secret that has data, apart by whether their Secrets name a namespace. */
export async function findSecretFiles(folder: string): Promise<{ withNamespace: string[]; without: string[] }> {
  const found = { withNamespace: [] as string[], without: [] as string[] };
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    if (!/\.(ya?ml|json)$/.test(name) || name.startsWith('.git')) continue;
    const secrets = secretsIn(await readFile(path.join(folder, name), 'utf8'));
    if (secrets.length === 0) continue;
    found[secrets.every((secret) => secret.metadata?.namespace) ? 'withNamespace' : 'without'].push(
      path.join(folder, name),
    );
  }
  return found;
}

interface MaybeSecret {
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string };
  readonly data?: object | null;
  readonly stringData?: object | null;
}

function secretsIn(text: string): MaybeSecret[] {
  const objects = parseOrNothing(text).filter((value) => typeof value === 'object' && value !== null) as MaybeSecret[];
  return objects.filter(
    (object) => object.kind === 'Secret' && Object.keys({ ...object.data, ...object.stringData }).length > 0,
  );
}

/** The sync itself names files that do not parse; here they only hold nothing to seal. */
function parseOrNothing(text: string): unknown[] {
  try {
    return parseDocuments(text).map((document) => document.value);
  } catch {
    return [];
  }
}
