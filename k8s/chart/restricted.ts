import { parseAllDocuments } from 'yaml';

interface PodSpec {
  securityContext?: { runAsNonRoot?: boolean; seccompProfile?: { type: string } };
  hostNetwork?: boolean;
  volumes?: Record<string, unknown>[];
  containers: {
    name: string;
    env?: { name: string }[];
    securityContext?: {
      allowPrivilegeEscalation?: boolean;
      readOnlyRootFilesystem?: boolean;
      capabilities?: { drop?: string[] };
    };
  }[];
}

interface Resource {
  kind: string;
  spec?: PodSpec & { template?: { spec: PodSpec } };
}

const VOLUMES = ['name', 'emptyDir', 'configMap'];

/**
 * What keeps a rendering's pods from the `restricted` Pod Security Standard, from a root that nobody can write to, or
 * from server-side apply, which refuses a variable that is there twice.
 */
export function faultsOf(rendered: string): string[] {
  const resources = parseAllDocuments(rendered).flatMap((document) => (document.toJS() as Resource | null) ?? []);
  const pods = resources.flatMap(({ kind, spec }) => spec?.template?.spec ?? (kind === 'Pod' && spec ? spec : []));
  if (pods.length < 4) return [`there are ${pods.length} pods only`];
  return pods.flatMap((pod) => [
    ...(pod.securityContext?.runAsNonRoot ? [] : ['runs as root']),
    ...(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault' ? [] : ['has no seccomp profile']),
    ...(pod.hostNetwork ? ['is in the node’s network'] : []),
    ...(pod.volumes ?? []).flatMap((volume) => Object.keys(volume).filter((key) => !VOLUMES.includes(key))),
    ...pod.containers.flatMap(({ name, env = [], securityContext }) => {
      const names = env.map((entry) => entry.name);
      return [
        ...(securityContext?.allowPrivilegeEscalation === false ? [] : [`${name} may gain privileges`]),
        ...(securityContext?.readOnlyRootFilesystem ? [] : [`${name} can write to its image`]),
        ...(securityContext?.capabilities?.drop?.includes('ALL') ? [] : [`${name} has capabilities`]),
        ...names.filter((one, index) => names.indexOf(one) !== index).map((one) => `${name} has ${one} twice`),
      ];
    }),
  ]);
}
