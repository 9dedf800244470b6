/** Values that the chart refuses, as `--set-json` has them, and the key that its sentence must name. */
export const WRONG_VALUES: readonly { set: string; names: string }[] = [
  { set: 'sync.replicass=3', names: 'sync.replicass' },
  { set: 'sync.replicas="three"', names: 'sync.replicas' },
  { set: 'sync.settings.MAX_CONECTIONS=5000', names: 'sync.settings.MAX_CONECTIONS' },
  { set: 'publicUrl="docs.example.com"', names: 'publicUrl' },
  { set: 'ingress.enabled=true', names: 'publicUrl' },
  { set: 'ingress.enabled=true,auth.mode="open",publicUrl="https://docs.example.com"', names: 'auth.mode' },
  { set: 'httpRoute.enabled=true,publicUrl="https://docs.example.com"', names: 'httpRoute.parentRefs' },
  { set: 'postgres.url="mysql://db"', names: 'postgres.url' },
  { set: 'redis.url="redis://cache",embedded.valkey.enabled=true', names: 'redis.url' },
  { set: 'sync.autoscaling={"enabled":true,"minReplicas":9,"maxReplicas":3}', names: 'sync.autoscaling.minReplicas' },
  { set: 'auth.mode="open",auth.existingSecret="keys"', names: 'auth.existingSecret' },
  { set: 'metrics.podMonitor.enabled=true', names: 'networkPolicy.metricsFrom' },
  { set: 'sync.resources.limits.memory="1Gx"', names: 'sync.resources.limits.memory' },
  { set: 'gateway.resources.requests.cpu="half"', names: 'gateway.resources.requests.cpu' },
  { set: 'gateway.resources.limits.memory=-1', names: 'gateway.resources.limits.memory' },
  { set: 'embedded.nats.resources.limits={"nvidia.com/gpu":"1 G"}', names: 'embedded.nats.resources.limits' },
  // A thousandth of a byte, which the server takes, and which kills the pod.
  { set: 'sync.resources.limits.memory="512m"', names: 'sync.resources.limits.memory' },
  { set: 'embedded.postgres.storage="1Gb"', names: 'embedded.postgres.storage' },
  { set: 'sync.resources.limits.memory="200Mi"', names: 'sync.resources.requests.memory' },
  { set: 'gateway.resources.limits.cpu=0.05', names: 'gateway.resources.requests.cpu' },
];
