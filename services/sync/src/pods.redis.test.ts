import { RedisFanout } from '@syncline/bus';
import { createLog, Metrics } from '@syncline/runtime';
import { startRedis } from '../../../.ci/redis.ts';
import { podsContract } from './pods.contract.ts';

podsContract('Redis', async () => {
  const server = await startRedis();
  return {
    connect: (pod) =>
      new RedisFanout({
        url: server.url,
        installation: 'test',
        pod,
        log: createLog({ service: 'test', level: 'silent' }),
        metrics: new Metrics(),
      }),
    interrupt: () => server.kill(),
    restore: () => server.start(),
    close: () => server.stop(),
  };
});
