/** @module What is known of the directories of the corpus of applications: which are complete by themselves, and why the others are not. */

/** Number of objects of each directory that is complete by itself. */
export const COMPLETE_DIRECTORIES: Readonly<Record<string, number>> = {
  'argo-cd': 53,
  'argo-cd/manifests': 53,
  'argo-cd/manifests/crds': 3,
  'argocd-example-apps/guestbook': 2,
  'argocd-example-apps/kustomize-guestbook': 2,
  'argocd-example-apps/pre-post-sync': 4,
  'argocd-example-apps/sock-shop': 29,
  'argocd-example-apps/sock-shop/base': 29,
  'kubernetes-examples/AI/model-serving-tensorflow': 5,
  'kubernetes-examples/_archived/elasticsearch/production_cluster': 6,
  'kubernetes-examples/_archived/javaee': 3,
  'kubernetes-examples/_archived/meteor': 4,
  'kubernetes-examples/_archived/phabricator': 2,
  'kubernetes-examples/_archived/storage/mysql-galera': 7,
  'kubernetes-examples/databases': 5,
  'kubernetes-examples/databases/cassandra': 3,
  'kubernetes-examples/databases/mysql-cinder-pd': 2,
  'kubernetes-examples/web/guestbook-go': 6,
  'kubernetes-examples/web/guestbook/legacy': 3,
  'microservices-demo/kubernetes-manifests': 33,
  'microservices-demo/kustomize': 35,
  'microservices-demo/kustomize/base': 35,
  'open-cluster-management-api': 10,
  'open-cluster-management-api/cluster': 7,
  'open-cluster-management-api/cluster/v1': 1,
  'open-cluster-management-api/cluster/v1alpha1': 2,
  'open-cluster-management-api/cluster/v1beta1': 2,
  'open-cluster-management-api/cluster/v1beta2': 2,
  'open-cluster-management-api/work': 3,
  'open-cluster-management-api/work/v1': 2,
  'open-cluster-management-api/work/v1alpha1': 1,
  'podinfo/deploy/bases/backend': 3,
  'podinfo/deploy/secure/backend': 3,
  'podinfo/deploy/webapp': 11,
  'podinfo/deploy/webapp/backend': 3,
  'podinfo/deploy/webapp/common': 5,
  'podinfo/deploy/webapp/frontend': 3,
  'podinfo/kustomize': 3,
  'tektoncd-pipeline': 76,
  'tektoncd-pipeline/config': 76,
  'tektoncd-pipeline/config/100-namespace': 1,
  'tektoncd-pipeline/config/300-crds': 8,
  'tektoncd-pipeline/config/resolvers': 18,
};

/** Why each other directory is left out. */
export const LEFT_OUT_DIRECTORIES: Readonly<Record<string, string>> = {
  'argocd-example-apps': 'no root, and not plain either: has kustomizations in kustomize-guestbook, pre-post-sync',
  'argocd-example-apps/helm-hooks': 'Job upgrade-sql-schema has no name of its own, only generateName',
  'argocd-example-apps/sync-waves': 'Job upgrade-sql-schema has no name of its own, only generateName',
  'flux2-kustomize-helm-example': 'no root, and not plain either: has kustomizations in apps/production, apps/staging',
  'flux2-kustomize-helm-example/apps': 'no root, and not plain either: has kustomizations in production, staging',
  'flux2-kustomize-helm-example/apps/base':
    'not served: HelmRelease of helm.toolkit.fluxcd.io/v2, HelmRepository of source.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/apps/base/podinfo':
    'not served: HelmRelease of helm.toolkit.fluxcd.io/v2, HelmRepository of source.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/apps/production':
    'not served: HelmRelease of helm.toolkit.fluxcd.io/v2, HelmRepository of source.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/apps/staging':
    'not served: HelmRelease of helm.toolkit.fluxcd.io/v2, HelmRepository of source.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/clusters':
    'not served: ArtifactGenerator of source.extensions.fluxcd.io/v1beta1, Kustomization of kustomize.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/clusters/production':
    'not served: ArtifactGenerator of source.extensions.fluxcd.io/v1beta1, Kustomization of kustomize.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/clusters/production/flux-system': 'no objects: its files hold comments alone',
  'flux2-kustomize-helm-example/clusters/staging':
    'not served: ArtifactGenerator of source.extensions.fluxcd.io/v1beta1, Kustomization of kustomize.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/clusters/staging/flux-system': 'no objects: its files hold comments alone',
  'flux2-kustomize-helm-example/infrastructure':
    'not served: ClusterIssuer of cert-manager.io/v1, Gateway of gateway.networking.k8s.io/v1, GatewayClass of gateway.networking.k8s.io/v1, HelmRelease of helm.toolkit.fluxcd.io/v2, OCIRepository of source.toolkit.fluxcd.io/v1',
  'flux2-kustomize-helm-example/infrastructure/configs':
    'not served: ClusterIssuer of cert-manager.io/v1, Gateway of gateway.networking.k8s.io/v1, GatewayClass of gateway.networking.k8s.io/v1',
  'flux2-kustomize-helm-example/infrastructure/controllers':
    'not served: HelmRelease of helm.toolkit.fluxcd.io/v2, OCIRepository of source.toolkit.fluxcd.io/v1',
  'kubernetes-examples':
    'not served: PodDisruptionBudget of policy/v1beta1, PrometheusRule of monitoring.coreos.com/v1, ServiceMonitor of monitoring.coreos.com/v1',
  'kubernetes-examples/AI':
    'not served: PrometheusRule of monitoring.coreos.com/v1, ServiceMonitor of monitoring.coreos.com/v1',
  'kubernetes-examples/AI/vllm-deployment':
    'not served: PrometheusRule of monitoring.coreos.com/v1, ServiceMonitor of monitoring.coreos.com/v1',
  'kubernetes-examples/AI/vllm-deployment/hpa':
    'not served: PrometheusRule of monitoring.coreos.com/v1, ServiceMonitor of monitoring.coreos.com/v1',
  'kubernetes-examples/_archived': 'not served: PodDisruptionBudget of policy/v1beta1',
  'kubernetes-examples/_archived/cockroachdb': 'not served: PodDisruptionBudget of policy/v1beta1',
  'kubernetes-examples/_archived/elasticsearch': 'written twice: Service elasticsearch, ServiceAccount elasticsearch',
  'kubernetes-examples/_archived/storage': 'written twice: Service minio-service',
  'kubernetes-examples/_archived/storage/minio': 'written twice: Service minio-service',
  'kubernetes-examples/web':
    'written twice: Deployment frontend, Deployment redis-master, Deployment redis-replica, ReplicationController redis-replica, Service frontend, Service redis-master, Service redis-replica',
  'kubernetes-examples/web/guestbook':
    'written twice: Deployment frontend, Deployment redis-master, Deployment redis-replica, Service frontend, Service redis-master, Service redis-replica',
  'kubernetes-examples/web/guestbook/all-in-one':
    'written twice: Deployment frontend, Deployment redis-replica, Service frontend, Service redis-replica',
  'microservices-demo':
    'no root, and not plain either: has kustomizations in kubernetes-manifests, kustomize/components/service-mesh-istio, kustomize/components/without-loadgenerator, kustomize',
  'microservices-demo/kustomize/components':
    'no root, and not plain either: has kustomizations in service-mesh-istio, without-loadgenerator',
  'microservices-demo/kustomize/components/network-policies':
    'a kustomize component: a part of other kustomizations, and no root',
  'microservices-demo/kustomize/components/service-mesh-istio':
    'a kustomize component: a part of other kustomizations, and no root',
  'microservices-demo/kustomize/components/without-loadgenerator':
    'a kustomize component: a part of other kustomizations, and no root',
  'microservices-demo/release':
    'not served: Gateway of gateway.networking.k8s.io/v1beta1, HTTPRoute of gateway.networking.k8s.io/v1beta1, ServiceEntry of networking.istio.io/v1alpha3, VirtualService of networking.istio.io/v1alpha3',
  podinfo:
    'no root, and not plain either: has kustomizations in deploy/bases/cache, deploy/bases/database, deploy/bases/frontend, deploy/overlays/dev, deploy/overlays/production, deploy/overlays/staging',
  'podinfo/deploy':
    'no root, and not plain either: has kustomizations in bases/cache, bases/database, bases/frontend, overlays/dev, overlays/production, overlays/staging',
  'podinfo/deploy/bases': 'no root, and not plain either: has kustomizations in cache, database, frontend',
  'podinfo/deploy/bases/cache': 'not built by kustomize: the corpus has no podinfo/deploy/bases/cache/redis.conf',
  'podinfo/deploy/bases/database': 'not built by kustomize: the corpus has no podinfo/deploy/bases/database/scripts',
  'podinfo/deploy/bases/frontend': 'not built by kustomize: the corpus has no podinfo/deploy/bases/frontend/scripts',
  'podinfo/deploy/overlays': 'no root, and not plain either: has kustomizations in dev, production, staging',
  'podinfo/deploy/overlays/dev': 'not built by kustomize: the corpus has no podinfo/deploy/bases/frontend/scripts',
  'podinfo/deploy/overlays/production':
    'not built by kustomize: the corpus has no podinfo/deploy/bases/frontend/scripts',
  'podinfo/deploy/overlays/staging': 'not built by kustomize: the corpus has no podinfo/deploy/bases/frontend/scripts',
  'podinfo/deploy/secure': 'not served: Certificate of cert-manager.io/v1, ClusterIssuer of cert-manager.io/v1',
  'podinfo/deploy/secure/common': 'not served: ClusterIssuer of cert-manager.io/v1',
  'podinfo/deploy/secure/frontend': 'not served: Certificate of cert-manager.io/v1',
};
