import { createLog, Metrics } from '@syncline/runtime';
import { startNats } from '../../../../.ci/nats.ts';
import { NatsRpc } from './nats-rpc.ts';
import { rpcContract } from './rpc.contract.ts';

rpcContract('NATS', async () => {
  const server = await startNats();
  return {
    connect: (options) =>
      new NatsRpc({
        url: server.url,
        name: 'test',
        log: createLog({ service: 'test', level: 'silent' }),
        metrics: new Metrics(),
        ...options,
      }),
    settle: (rpc) => (rpc as NatsRpc).flush(),
    interrupt: () => server.kill(),
    restore: () => server.start(),
    close: () => server.stop(),
  };
});
