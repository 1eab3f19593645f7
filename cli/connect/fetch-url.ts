/** @module Fetches one small text over http or https: bounded in time, size and redirects, through the proxy that the environment names. */
import http from 'node:http';
import https from 'node:https';
import { CliError } from '../terminal/errors.ts';
import type { Io } from '../terminal/io.ts';
import { describeSystemError } from '../terminal/system-error.ts';

/** How much a fetch may take; the defaults are fit for a certificate. */
export interface FetchLimits {
  /** Default 15 s for the whole exchange, redirects included. */
  readonly timeoutMs?: number;
  /** Default 1 MiB. */
  readonly maxBytes?: number;
}

const MAX_REDIRECTS = 5;

/**
 * The body of a 200 answer. A redirect from https to http is refused.
 * @throws CliError `CLI_CERTIFICATE_UNREADABLE`; credentials in the address are not shown.
 */
export async function fetchUrl(
  io: Pick<Io, 'env' | 'signal'>,
  address: URL,
  limits: FetchLimits = {},
): Promise<Uint8Array> {
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(limits.timeoutMs ?? 15_000)]);
  try {
    const response = await follow(address, io.env, signal);
    return await readBody(address, response, limits.maxBytes ?? 1024 * 1024);
  } catch (error) {
    io.signal.throwIfAborted();
    if (error instanceof CliError) throw error;
    throw fetchFailed(address, signal.aborted ? 'no answer in time' : describeSystemError(error), error);
  }
}

/** The first answer that is no redirect. @throws CliError `CLI_CERTIFICATE_UNREADABLE` unless it is a 200 */
async function follow(address: URL, env: Io['env'], signal: AbortSignal): Promise<http.IncomingMessage> {
  let url = address;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await get(url, env, signal);
    const status = response.statusCode ?? 0;
    if (status === 200) return response;
    response.destroy();
    const { location } = response.headers;
    if (status < 300 || status > 399 || location === undefined) {
      throw fetchFailed(address, `${status} ${http.STATUS_CODES[status] ?? ''}`.trim());
    }
    url = redirect(address, url, location);
  }
  throw fetchFailed(address, `more than ${MAX_REDIRECTS} redirects`);
}

/** An address as it may be shown: without user, password and query. */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function get(url: URL, env: Io['env'], signal: AbortSignal): Promise<http.IncomingMessage> {
  // proxyEnv came with Node 24.5; an older one goes without the proxy.
  const proxy = { proxyEnv: env } as http.AgentOptions;
  const options = { signal, headers: { accept: 'application/x-pem-file, */*' } };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.get(url, { ...options, agent: new https.Agent(proxy) }, resolve)
        : http.get(url, { ...options, agent: new http.Agent(proxy) }, resolve);
    request.on('error', reject);
  });
}

async function readBody(address: URL, response: http.IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > maxBytes) throw fetchFailed(address, `the answer is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function redirect(address: URL, from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null || (to.protocol !== 'https:' && to.protocol !== 'http:'))
    throw fetchFailed(address, 'it redirects to nowhere');
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw fetchFailed(address, 'it redirects from https to http');
  return to;
}

function fetchFailed(url: URL, reason: string, cause?: unknown): CliError {
  return new CliError('CLI_CERTIFICATE_UNREADABLE', `cannot fetch "${describeUrl(url)}": ${reason}`, { cause });
}
