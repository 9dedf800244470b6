import { createLog, Metrics } from '@syncline/runtime';
import { startRedis } from '../../../../.ci/redis.ts';
import { fanoutContract } from './fanout.contract.ts';
import { RedisFanout } from './redis-fanout.ts';

fanoutContract('Redis', async () => {
  const server = await startRedis();
  return {
    connect: (pod) =>
      new RedisFanout({
        url: server.url,
        pod,
        log: createLog({ service: 'test', level: 'silent' }),
        metrics: new Metrics(),
      }),
    interrupt: () => server.kill(),
    restore: () => server.start(),
    close: () => server.stop(),
  };
});
