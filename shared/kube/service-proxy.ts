/** @module Paths through the API server's service proxy, for {@link KubeRawRequest}. */

/**
 * Path of `path` (which starts with a slash and is taken as it is) on the plain-HTTP service `name`. `port` is a port name
 * or number; empty means the service's only port, as sealed-secrets' tools spell a port without a name.
 */
export function servicePath(namespace: string, name: string, port: string | number, path: string): string {
  const target = `http:${encodeURIComponent(name)}:${encodeURIComponent(port)}`;
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${target}/proxy${path}`;
}
