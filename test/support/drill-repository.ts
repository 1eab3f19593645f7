/** @module The repository of the rebuild drill: two layers and two teams, of many kinds, with waves, and Secrets that are still to be sealed. */
import { widgetDefinition } from './manifests.ts';

const GROUP = 'drill.example.com';

/** A GitSync of the drill. `dependsOn` names others of its namespace. */
function gitSync(namespace: string, name: string, url: string, more = ''): string {
  return `apiVersion: signet.dev/v1alpha1
kind: GitSync
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  source: {url: "${url}", ref: {branch: main}, path: ${name}}
  interval: 10m
  prune: true
${more}`;
}

function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
}

/** What somebody applies by hand, once: the namespaces of the GitSyncs, and these. */
export function bootstrapManifests(url: string): string {
  return [
    namespace('delivery'),
    namespace('mail'),
    gitSync('delivery', 'platform', url),
    gitSync('delivery', 'shop', url, '  dependsOn: [{name: platform}]\n  targetNamespace: shop\n'),
    gitSync('mail', 'mail', url),
  ].join('---\n');
}

/** A Secret as somebody writes it before it is sealed. */
export function plainSecret(place: string, name: string, value: string, metadata = ''): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: ${place}${metadata}}\nstringData: {password: "${value}"}\n`;
}

function deployment(name: string, image: string, secret: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      serviceAccountName: ${name}
      containers:
        - name: main
          image: ${image}
          env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: ${secret}, key: password}}}]
          ports: [{containerPort: 8080}]
`;
}

const RIGHTS = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: drill-widgets}
rules: [{apiGroups: [${GROUP}], resources: [widgets], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: drill-widgets}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: drill-widgets}
subjects: [{kind: ServiceAccount, name: cart, namespace: shop}]
`;

const CART = `apiVersion: v1
kind: ServiceAccount
metadata: {name: cart}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: cart}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: cart}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: cart}
subjects: [{kind: ServiceAccount, name: cart, namespace: shop}]
---
apiVersion: v1
kind: Service
metadata: {name: cart}
spec: {selector: {app: cart}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: ${GROUP}/v1
kind: Widget
metadata: {name: trolley, annotations: {signet.dev/wave: "1"}}
spec: {size: 3}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: opened, annotations: {signet.dev/wave: "2", signet.dev/probe: "at rest"}}
data: {value: "after the rest"}
`;

const MAIL = `apiVersion: batch/v1
kind: CronJob
metadata: {name: digest}
spec:
  schedule: "0 6 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: send, image: "registry.example.com/send:1"}]}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Ingress]}
`;

/** The files of the first commit, Secrets in plain text. */
export const FIRST_FILES: Readonly<Record<string, string>> = {
  'platform/widgets.yaml': widgetDefinition(GROUP),
  'platform/shop.yaml': namespace('shop'),
  'platform/rights.yaml': RIGHTS,
  'shop/cart.yaml': CART,
  'shop/deployment.yaml': deployment('cart', 'registry.example.com/cart:1', 'cart-db'),
  'shop/old.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: old}\n',
  'shop/secret.yaml': plainSecret('shop', 'cart-db', 'first of cart'),
  'mail/mail.yaml': MAIL,
  'mail/secret.yaml': plainSecret('mail', 'smtp', 'first of mail'),
};

/** What the second commit changes; null takes a file away. Its Secrets are sealed to another key. */
export const SECOND_FILES: Readonly<Record<string, string | null>> = {
  'shop/deployment.yaml': deployment('cart', 'registry.example.com/cart:2', 'cart-db'),
  'shop/old.yaml': null,
  'shop/session.yaml': plainSecret('shop', 'session', 'second of cart'),
};
