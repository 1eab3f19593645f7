/** @module The public port of a controller without the rest of it, on a port of this machine. */
import { onTestFinished } from 'vitest';
import { type ListenLimits, listen } from '../../controller/http/listen.ts';
import { createPublicApp, type PublicAppDependencies } from '../../controller/http/public-app.ts';
import type { SealingRoutesDependencies } from '../../controller/http/sealing-routes.ts';
import { bothRing, secondCertificate } from './test-secrets.ts';

/** A port that may be asked as often as anybody likes, with both test keys of which the second is sealed to. */
export const OPEN_ROUTES: SealingRoutesDependencies = {
  keys: () => ({ keyring: bothRing, certificate: secondCertificate }),
  limits: { rate: 0, burst: 0 },
  acceptV1: true,
  nowMs: () => performance.now(),
};

/** Everything that the application needs, harmless where `overrides` say nothing. */
export function publicDependencies(overrides: Partial<PublicAppDependencies> = {}): PublicAppDependencies {
  return {
    certificatePem: () => 'PEM\n',
    waitingFor: () => [],
    sealing: OPEN_ROUTES,
    metrics: { answered: () => undefined },
    onError: () => undefined,
    ...overrides,
  };
}

/** Serves `app` until the test ends; the address as a URL. */
export async function serveApp(app: Parameters<typeof listen>[0], limits?: ListenLimits): Promise<string> {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, limits);
  onTestFinished(() => listener.close());
  return `http://${listener.address}`;
}

/** Serves the public application until the test ends. */
export function servePublic(overrides: Partial<PublicAppDependencies> = {}, limits?: ListenLimits): Promise<string> {
  return serveApp(createPublicApp(publicDependencies(overrides)), limits);
}
