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
];
