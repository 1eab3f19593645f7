/** @module Small manifests that tests commit. */

/** A ConfigMap without a namespace, as a file. */
export function configMap(name: string, value: string, annotations?: Readonly<Record<string, string>>): string {
  const annotated = annotations === undefined ? '' : `, annotations: ${JSON.stringify(annotations)}`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${annotated}}\ndata: {value: "${value}"}\n`;
}

/** A claim of a volume that nothing provides, as a file. */
export const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Mi}}}
`;

/** ConfigMaps `object-0` and so on, as one file. */
export function configMaps(count: number): string {
  return Array.from({ length: count }, (_, index) => configMap(`object-${index}`, String(index))).join('---\n');
}

/** A definition of the namespaced kind `Widget` in `group`, as a file. */
export function widgetDefinition(group: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;
}
