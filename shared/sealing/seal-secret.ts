/**
 * @module Turns a Secret into a SealedSecret: check it, seal each value to its place, build the object. Finding the
 * certificate and judging its dates is left to the caller.
 */
import type { SealingCertificate } from '../certificate/read-certificate.ts';
import { encodeBase64 } from '../encoding/base64.ts';
import { RECEIPT_ANNOTATION } from '../resources/names.ts';
import type { SealedSecret, SecretTemplate } from '../resources/sealed-secret.ts';
import type { Secret } from '../resources/secret.ts';
import { type CheckedSecret, checkSecret } from './check-secret.ts';
import { MAX_RECEIPT_LENGTH, makeReceipt, type SealedValues, withoutReceipt } from './receipt.ts';
import { labelOf, type Scope, scopeAnnotations, withoutScopeAnnotations } from './scope.ts';
import { sealItems } from './seal-items.ts';

/** How a Secret is sealed. */
export interface SealOptions {
  readonly certificate: SealingCertificate;
  /** Default: what the Secret's own annotations select. Given, it replaces them, in the template as well. */
  readonly scope?: Scope;
  /** Seals a Secret without data instead of refusing it; default false. */
  readonly allowEmpty?: boolean;
  /** Whether a receipt is left on the object; default true. One that would be too long is left out. */
  readonly receipt?: boolean;
}

/**
 * Annotations in which tools (kubectl, kubecfg, kapp, Rancher, Banzai Cloud, kopf) keep a copy of the whole object, or the
 * command line that made it, values included. Invariant: none of them ever reaches a SealedSecret, which is public.
 */
const OBJECT_COPY =
  /\/last-(applied|handled)|^kapp\.k14s\.io\/original|^objectset\.rio\.cattle\.io\/applied$|^kubernetes\.io\/change-cause$/;

/**
 * The SealedSecret of `secret`, which is checked to the last field because it usually comes from a file. The template
 * carries its labels, annotations, finalizers, type and immutability; what only the API server sets is left out.
 * @throws SealRefusedError with every fault of the Secret; CertificateError `CERT_WEAK_KEY`.
 */
export async function sealSecret(secret: Secret, options: SealOptions): Promise<SealedSecret> {
  const checked = checkSecret(secret, options);
  const { name, namespace, scope } = checked;
  // Invariant: entries come in the order of their keys, so that sealing again moves no lines.
  const values = await sealItems(options.certificate, labelOf(scope, namespace, name), checked.plaintexts);
  const annotations = {
    ...scopeAnnotations(scope),
    ...(options.receipt !== false && (await receiptAnnotation(checked, options.certificate, values))),
  };
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      ...(Object.keys(annotations).length > 0 && { annotations }),
      name,
      ...(namespace !== '' && { namespace }),
    },
    spec: {
      encryptedData: Object.fromEntries([...values].map(([key, value]) => [key, encodeBase64(value)])),
      template: templateOf(checked, options.scope),
    },
  };
}

async function receiptAnnotation(
  checked: CheckedSecret,
  certificate: SealingCertificate,
  values: SealedValues,
): Promise<Record<string, string>> {
  const receipt = await makeReceipt(checked, new Map([[certificate.fingerprint, values]]));
  return receipt.length > MAX_RECEIPT_LENGTH ? {} : { [RECEIPT_ANNOTATION]: receipt };
}

function templateOf(checked: CheckedSecret, explicitScope: Scope | undefined): SecretTemplate {
  const kept = withoutReceipt(Object.fromEntries([...checked.annotations].filter(([name]) => !OBJECT_COPY.test(name))));
  const annotations =
    explicitScope === undefined ? kept : { ...withoutScopeAnnotations(kept), ...scopeAnnotations(explicitScope) };
  return {
    ...(checked.immutable !== undefined && { immutable: checked.immutable }),
    metadata: {
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(checked.finalizers.length > 0 && { finalizers: checked.finalizers }),
      ...(checked.labels.size > 0 && { labels: Object.fromEntries(checked.labels) }),
      name: checked.name,
      ...(checked.namespace !== '' && { namespace: checked.namespace }),
    },
    ...(checked.type !== undefined && checked.type !== '' && { type: checked.type }),
  };
}
