/** @module Acts as a service account: every request of a connection in its name, or none at all. */
import { CodedError } from '../errors/coded-error.ts';
import type { ClusterConnection } from './connection.ts';
import { KubeError } from './errors.ts';

/** A service account by its place. */
export interface ServiceAccountReference {
  readonly namespace: string;
  readonly name: string;
}

/** `ACCOUNT_INVALID`: a name that no service account can have. */
export class AccountError extends CodedError<'ACCOUNT_INVALID'> {}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_NAME = 253;

/** Whether a namespace can have this name. */
export function isNamespaceName(name: string): boolean {
  return NAMESPACE.test(name);
}

/** Whether a service account can have this name. */
export function isAccountName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name);
}

/** The user name that the API server knows `account` by. @throws AccountError for a name, empty ones included, that it cannot have */
export function accountUser({ namespace, name }: ServiceAccountReference): string {
  if (isNamespaceName(namespace) && isAccountName(name)) {
    return `system:serviceaccount:${namespace}:${name}`;
  }
  throw new AccountError(
    'ACCOUNT_INVALID',
    `cannot act as service account ${JSON.stringify(`${namespace}/${name}`.slice(0, MAX_NAME))}: it is no name of one`,
  );
}

/**
 * `connection` as `account`. The API server gives it the groups that service accounts have, and no others, since none are named. Whatever
 * goes wrong, no request is sent in the connection's own name. @throws AccountError
 */
export function actingAs(connection: ClusterConnection, account: ServiceAccountReference): ClusterConnection {
  const user = accountUser(account);
  return {
    ...connection,
    describe: () => `${connection.describe()} as ${user}`,
    credentials: async (options) => {
      const credentials = await connection.credentials(options);
      const acting = Object.keys(credentials.headers).find((name) => name.toLowerCase().startsWith('impersonate-'));
      if (acting !== undefined) throw twiceError(connection, user);
      return { ...credentials, headers: { ...credentials.headers, 'impersonate-user': user } };
    },
  };
}

/** Half of each identity would be a third one. */
function twiceError(connection: ClusterConnection, user: string): KubeError {
  return new KubeError(
    'KUBE_KUBECONFIG_INVALID',
    `cannot act as ${user} at ${connection.describe()}: it acts as somebody else already`,
    { hint: 'leave out either the service account or the impersonation of the kubeconfig' },
  );
}
