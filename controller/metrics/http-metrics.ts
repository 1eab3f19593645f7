/** @module Counts of HTTP requests, under the names of sealed-secrets. Nothing that a caller writes becomes a label. */
import { Counter, Histogram, type Registry } from 'prom-client';

/** One request that was answered. */
export interface HttpAnswer {
  /** The path of the route, such as `/v1/verify`. */
  readonly path: string;
  /** The method as it came. */
  readonly method: string;
  readonly status: number;
  /** From the end of the request's headers to the end of the answer. */
  readonly seconds: number;
}

/** What the public port reports. */
export interface HttpMetrics {
  /** Counted when `path` is one of the three routes of sealed-secrets; probes and unknown paths are not. */
  answered(answer: HttpAnswer): void;
}

const PATHS = new Set(['/v1/cert.pem', '/v1/verify', '/v1/rotate']);
const METHODS = new Set(['get', 'head', 'post', 'put', 'delete', 'connect', 'options', 'patch', 'trace']);

/** HTTP metrics in `registry`. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const total = new Counter({
    name: 'sealed_secrets_controller_http_requests_total',
    help: 'Requests by path, status and method.',
    labelNames: ['path', 'code', 'method'],
    registers,
  });
  const duration = new Histogram({
    name: 'sealed_secrets_controller_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['path', 'method'],
    registers,
  });
  return {
    answered({ path, method, status, seconds }) {
      if (!PATHS.has(path)) return;
      const verb = METHODS.has(method.toLowerCase()) ? method.toLowerCase() : 'unknown';
      const code = status >= 100 && status <= 599 ? String(Math.trunc(status)) : 'unknown';
      total.inc({ path, code, method: verb });
      duration.observe({ path, method: verb }, seconds);
    },
  };
}
