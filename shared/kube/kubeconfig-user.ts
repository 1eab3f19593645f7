/** @module The user part of a kubeconfig: what a request proves its sender with. */
import { bearerHeaders } from './bearer-token.ts';
import type { ClusterConnection, Credentials } from './connection.ts';
import { FileText, fileProblem } from './file-text.ts';
import { impersonationHeaders } from './impersonation.ts';
import type { ClusterFacts } from './kubeconfig-cluster.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';

type CredentialsSource = ClusterConnection['credentials'];
type Part = (renew: boolean) => Promise<Partial<Credentials>>;

const PROVES_NOTHING: Credentials = Object.freeze({ headers: Object.freeze({}) });

/**
 * The credentials of `user`, read again as its files change. Programs that hand out credentials (`exec`, `auth-provider`)
 * are run on the first request. Throws `KUBE_KUBECONFIG_INVALID` for an entry that proves nothing clear.
 */
export async function createUserCredentials(
  user: KubeconfigEntry | undefined,
  cluster: ClusterFacts,
  now: () => number,
): Promise<CredentialsSource> {
  if (!user) return () => Promise.resolve(PROVES_NOTHING);
  assertOneMethod(user);
  const impersonation = impersonationHeaders(user);
  const parts: readonly Part[] = [
    tokenPart(user, now),
    basicPart(user),
    certificatePart(user, now),
    await pluginPart(user, cluster, now),
  ].filter((part) => part !== undefined);
  return async (options = {}) => {
    const merged: { -readonly [Field in keyof Credentials]: Credentials[Field] } = { headers: impersonation };
    for (const part of parts) {
      const { headers, ...certificate } = await part(options.renew === true);
      Object.assign(merged, certificate);
      if (headers) merged.headers = { ...merged.headers, ...headers };
    }
    return merged;
  };
}

function assertOneMethod(user: KubeconfigEntry): void {
  const methods = [
    (user.text('token') ?? user.text('tokenFile')) ? 'token' : undefined,
    (user.text('username') ?? user.text('password')) ? 'username' : undefined,
    user.record('exec') ? 'exec' : undefined,
    user.record('auth-provider') ? 'auth-provider' : undefined,
  ].filter((method) => method !== undefined);
  if (methods.length > 1) throw user.invalid(`it has ${methods.join(' and ')}, and only one of them can count`);
}

/** The file wins as long as it can be read, as in kubectl. */
function tokenPart(user: KubeconfigEntry, now: () => number): Part | undefined {
  const inline = user.text('token');
  const path = user.path('tokenFile');
  if (path === undefined) return inline === undefined ? undefined : fixed(bearer(user, inline));
  const file = new FileText(path, now);
  return async (renew) => {
    try {
      return bearer(user, await file.read(renew));
    } catch (error) {
      if (inline !== undefined) return bearer(user, inline);
      throw user.invalid(`tokenFile ${path}: ${fileProblem(error)}`);
    }
  };
}

function bearer(user: KubeconfigEntry, text: string): Partial<Credentials> {
  const headers = bearerHeaders(text);
  if (headers === null) throw user.invalid('its token is no token');
  return { headers };
}

function basicPart(user: KubeconfigEntry): Part | undefined {
  const name = user.text('username');
  const password = user.text('password');
  if (name === undefined && password === undefined) return undefined;
  const text = Buffer.from(`${name ?? ''}:${password ?? ''}`).toString('base64');
  return fixed({ headers: { authorization: `Basic ${text}` } });
}

function certificatePart(user: KubeconfigEntry, now: () => number): Part | undefined {
  const certificate = pemSource(user, 'client-certificate', now);
  const key = pemSource(user, 'client-key', now);
  if (!certificate && !key) return undefined;
  if (!certificate || !key) throw user.invalid('client-certificate and client-key need each other');
  return async (renew) => ({ clientCertPem: await certificate(renew), clientKeyPem: await key(renew) });
}

/** Inline data wins over a file, as in kubectl. */
function pemSource(
  user: KubeconfigEntry,
  field: string,
  now: () => number,
): ((renew: boolean) => Promise<string>) | undefined {
  const inline = user.decoded(`${field}-data`);
  if (inline !== undefined) return () => Promise.resolve(inline);
  const path = user.path(field);
  if (path === undefined) return undefined;
  const file = new FileText(path, now);
  return (renew) =>
    file.read(renew).catch((error: unknown) => {
      throw user.invalid(`${field} ${path}: ${fileProblem(error)}`);
    });
}

/** The code behind it is large, so it is loaded only for those who need it. */
async function pluginPart(user: KubeconfigEntry, cluster: ClusterFacts, now: () => number): Promise<Part | undefined> {
  if (!user.record('exec') && !user.record('auth-provider')) return undefined;
  const { createPluginCredentials } = await import('./plugin-credentials.ts');
  return createPluginCredentials(user, cluster, now);
}

function fixed(part: Partial<Credentials>): Part {
  const frozen = Promise.resolve(Object.freeze(part));
  return () => frozen;
}
