/**
 * @module Makes a program on this machine's loopback reachable as a Service, through the API server's service proxy and
 * for webhooks. Cluster networking there is none: only the API server itself gets there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiAccess, type ApiAnswer, askApi, callApi } from './api-request.ts';

/** A local listener and the Service that stands for it. */
export interface LocalService {
  readonly namespace: string;
  readonly service: string;
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Name of the Service's port; default: that of the first port of a Service that exists, otherwise `http`. */
  readonly portName?: string;
  /** Port of the Service when it is made here; default: `port`. */
  readonly servicePort?: number;
}

/** From TEST-NET-1 (RFC 5737). The egress proxy sends every address to loopback, yet endpoints may not name that. */
const POD_ADDRESS = '192.0.2.10';
const ACCOUNT_DEADLINE_MS = 30_000;

/**
 * Makes or repoints the Endpoints of `local.service`: afterwards the service proxy reaches `127.0.0.1:port`. A Service that
 * exists stays as it is; otherwise one without selector is made. The namespace must exist. May be repeated with another port.
 */
export async function exposeLocalService(access: ApiAccess, local: LocalService): Promise<void> {
  const core = `/api/v1/namespaces/${local.namespace}`;
  const portName = await findOrMakeService(access, core, local);
  const pod = `${local.service}-local`;
  await makePod(access, core, pod);
  await callApi(access, {
    method: 'PATCH',
    path: `${core}/pods/${pod}/status`,
    body: {
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        podIP: POD_ADDRESS,
        podIPs: [{ ip: POD_ADDRESS }],
      },
    },
  });
  await putEndpoints(access, core, { service: local.service, pod, portName, port: local.port });
}

async function findOrMakeService(access: ApiAccess, core: string, local: LocalService): Promise<string> {
  const existing = await askApi(access, 'GET', `${core}/services/${local.service}`);
  if (existing.status === 200) return local.portName ?? existing.body.spec.ports?.[0]?.name ?? '';
  const name = local.portName ?? 'http';
  const port = { port: local.servicePort ?? local.port, targetPort: local.port, protocol: 'TCP' };
  await callApi(access, {
    method: 'POST',
    path: `${core}/services`,
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: local.service },
      spec: { ports: [name === '' ? port : { ...port, name }] },
    },
  });
  return name;
}

/** What a namespace that enforces the restricted standard asks of a container. */
const RESTRICTED = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** A Pod that nobody runs. Admission refuses it until the namespace has its default service account, so this waits. */
async function makePod(access: ApiAccess, core: string, name: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'local', image: 'local.invalid/none', securityContext: RESTRICTED }],
    },
  };
  const deadline = Date.now() + ACCOUNT_DEADLINE_MS;
  for (;;) {
    const answer = await askApi(access, 'POST', `${core}/pods`, pod);
    if (answer.status === 201 || answer.status === 409) return;
    if (!isMissingAccount(answer) || Date.now() > deadline) {
      throw new Error(`cannot make pod "${name}": ${answer.status} ${answer.body?.message}`);
    }
    await delay(50);
  }
}

function isMissingAccount(answer: ApiAnswer): boolean {
  return answer.status === 403 && /service account/.test(answer.body?.message ?? '');
}

async function putEndpoints(
  access: ApiAccess,
  core: string,
  target: { readonly service: string; readonly pod: string; readonly portName: string; readonly port: number },
): Promise<void> {
  const namespace = core.slice(core.lastIndexOf('/') + 1);
  const port = { port: target.port, protocol: 'TCP' };
  const subsets = [
    {
      addresses: [{ ip: POD_ADDRESS, targetRef: { kind: 'Pod', namespace, name: target.pod } }],
      ports: [target.portName === '' ? port : { ...port, name: target.portName }],
    },
  ];
  const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: target.service }, subsets };
  const made = await askApi(access, 'POST', `${core}/endpoints`, endpoints);
  if (made.status === 201) return;
  await callApi(access, { method: 'PUT', path: `${core}/endpoints/${target.service}`, body: endpoints });
}
