/** @module SealedSecrets in every state that a cluster of sealed-secrets can show, and the Secrets that stood there before. */
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { INTEROP_SECRETS } from './interop-secrets.ts';

const NAMESPACE = 'shop';
const PREFIX = 'sealedsecrets.bitnami.com';

/** One Secret to seal and what is special about it. */
export interface TakeoverSample {
  readonly secret: Secret;
  /** Sealed to a key that the cluster does not have. */
  readonly isForeign?: boolean;
  /** Changes what kubeseal made, as people do by hand. */
  edit?(sealed: SealedSecret): SealedSecret;
  /** A Secret of the same name that is there first. */
  readonly standing?: KubeObject;
  /** What condition Synced comes to. */
  readonly synced: 'True' | 'False';
  /** Whether the Secret is made again when somebody deletes it. */
  readonly isRestored: boolean;
}

/** The samples by name; all stand in namespace `shop`. */
export const TAKEOVER_SAMPLES: Readonly<Record<string, TakeoverSample>> = {
  ...Object.fromEntries(
    Object.values(INTEROP_SECRETS).map((secret, index) => [
      `plain-${index}`,
      {
        secret: named(`plain-${index}`, secret),
        synced: 'True' as const,
        // A Secret with a finalizer stays where it is.
        isRestored: secret.metadata.finalizers === undefined,
      },
    ]),
  ),
  literal: {
    secret: sample('literal'),
    edit: (sealed) => withTemplate(sealed, { data: { 'config.ini': 'mode = fast\n' } }),
    synced: 'True',
    isRestored: true,
  },
  older: {
    secret: sample('older'),
    // As kubeseal wrote it for years.
    edit: (sealed) =>
      withTemplate(sealed, { metadata: { ...sealed.spec.template?.metadata, creationTimestamp: null } }),
    synced: 'True',
    isRestored: true,
  },
  ownerless: {
    secret: sample('ownerless', { [`${PREFIX}/skip-set-owner-references`]: 'true', [`${PREFIX}/managed`]: 'true' }),
    synced: 'True',
    isRestored: true,
  },
  managed: {
    secret: sample('managed'),
    standing: standing('managed', { [`${PREFIX}/managed`]: 'true' }),
    synced: 'True',
    isRestored: true,
  },
  patched: {
    secret: sample('patched', { 'example.com/note': 'added' }),
    standing: standing('patched', { [`${PREFIX}/patch`]: 'true' }),
    synced: 'True',
    isRestored: false,
  },
  blocked: { secret: sample('blocked'), standing: standing('blocked', {}), synced: 'False', isRestored: false },
  foreign: { secret: sample('foreign'), isForeign: true, synced: 'False', isRestored: false },
};

/** `secret` with another value, to be sealed in its place. */
export function withPassword(secret: Secret, password: string): Secret {
  return { ...secret, stringData: { password } };
}

/** A Secret of namespace `shop` with one value. */
export function sample(name: string, annotations: Record<string, string> = {}): Secret {
  const metadata = { name, namespace: NAMESPACE, ...(Object.keys(annotations).length > 0 && { annotations }) };
  return { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: `of ${name}` } };
}

function named(name: string, secret: Secret): Secret {
  return { ...secret, metadata: { ...secret.metadata, name, namespace: NAMESPACE } };
}

function standing(name: string, annotations: Record<string, string>): KubeObject {
  const metadata = { name, namespace: NAMESPACE, annotations, labels: { 'example.com/before': 'yes' } };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: { before: btoa('was here') } };
}

function withTemplate(sealed: SealedSecret, fields: object): SealedSecret {
  return { ...sealed, spec: { ...sealed.spec, template: { ...sealed.spec.template, ...fields } } };
}
