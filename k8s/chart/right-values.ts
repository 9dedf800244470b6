/** Values at the edge of what is refused, as `--set-json` has them, and a line that is rendered from them. */
export const RIGHT_VALUES: readonly { set: string; renders: RegExp }[] = [
  { set: 'sync.resources=null', renders: /^ +resources:\n +\{\}$/m },
  { set: 'embedded.nats.enabled=true,embedded.nats.resources=null', renders: /^ +resources:\n +\{\}$/m },
  { set: 'sync.resources.limits=null', renders: /^ +resources:\n +requests:\n +cpu: 250m\n +memory: 256Mi\n +\w+M/m },
  // Helm takes away a null only where the chart has a default.
  { set: 'sync.resources.limits.cpu=null', renders: /^ +limits:\n +memory: 1Gi$/m },
  { set: 'sync.resources.requests.cpu=null', renders: /^ +requests:\n +memory: 256Mi$/m },
  { set: 'sync.resources.limits.memory="1e9"', renders: /^ +memory: "?1e9"?$/m },
  { set: 'sync.resources.limits.memory=1e9', renders: /^ +memory: "?(1e\+09|1000000000)"?$/m },
  { set: 'sync.resources.limits.cpu="1E0"', renders: /^ +cpu: "?1E0"?$/m },
];
