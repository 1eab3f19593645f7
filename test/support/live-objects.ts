/** @module SealedSecrets and Secrets as an API server would show them, for tests without one. */
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, SealedSecretStatus, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { encoded } from './key-secret.ts';

/** SealedSecret `shop/db` of uid `sealed-uid`, generation 1; its items do not open. */
export function liveSealed(
  parts: {
    readonly metadata?: ObjectMeta;
    readonly template?: SecretTemplate;
    readonly status?: SealedSecretStatus;
  } = {},
): SealedSecret {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      name: 'db',
      namespace: 'shop',
      uid: 'sealed-uid',
      resourceVersion: '10',
      generation: 1,
      ...parts.metadata,
    },
    spec: { encryptedData: { password: 'AgBB' }, ...(parts.template && { template: parts.template }) },
    ...(parts.status && { status: parts.status }),
  };
}

/** What is wanted for `shop/db`. */
export function desiredSecret(
  values: Readonly<Record<string, string>>,
  metadata: ObjectMeta = {},
  fields: Partial<Secret> = {},
): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop', ...metadata },
    data: encoded(values),
    ...fields,
  };
}

/** Secret `shop/db` of uid `secret-uid` with `values`. */
export function liveSecret(
  values: Readonly<Record<string, string>>,
  metadata: ObjectMeta = {},
  fields: Partial<Secret> = {},
): Secret {
  const live = { uid: 'secret-uid', resourceVersion: '20', ...metadata };
  return desiredSecret(values, live, { type: 'Opaque', ...fields });
}

/** The owner reference of {@link liveSealed}. */
export const OWNER = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  name: 'db',
  uid: 'sealed-uid',
  controller: true,
} as const;
