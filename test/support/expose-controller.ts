/** @module Makes a controller that runs on this machine reachable as the Service of `manifests/`, for the service proxy. */
import type { ApiAccess } from '../control-plane/api-request.ts';
import { exposeLocalService } from '../control-plane/service-endpoint.ts';
import type { ControllerProcess } from './controller-process.ts';

/** Points Service `signet-controller` of `namespace` to `controller`; repeated for each controller that takes its place. */
export async function exposeController(
  access: ApiAccess,
  namespace: string,
  controller: Pick<ControllerProcess, 'url'>,
): Promise<void> {
  const port = Number(new URL(controller.url).port);
  await exposeLocalService(access, { namespace, service: 'signet-controller', port });
}
