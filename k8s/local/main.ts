// `npm run cluster`: the cluster of cluster.ts, until Ctrl+C.
import { startCluster } from './cluster.ts';

const port = Number(process.env['PORT'] ?? 8080);
process.stderr.write('Starting Postgres, Redis, NATS, two pods, two gateways and a balancer …\n');
const cluster = await startCluster({ port });
process.stdout.write(`
  Syncline runs as a cluster at ${cluster.url}

  agents    claude mcp add --transport http syncline ${cluster.url}/mcp
  pods      ${cluster.pods.map((pod) => pod.url).join('  ')}   metrics ${cluster.pods.map((pod) => `${pod.adminUrl}/metrics`).join('  ')}
  gateways  ${cluster.gateways.map((gateway) => gateway.url).join('  ')}
  Postgres  ${cluster.postgres.url}
  Redis     ${cluster.redis.url}
  NATS      ${cluster.nats.url}
  Everything is gone when it stops (Ctrl+C).

`);

let stopping = false;
const end = () => {
  if (stopping) process.exit(1);
  stopping = true;
  cluster.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
};
process.on('SIGINT', end);
process.on('SIGTERM', end);
