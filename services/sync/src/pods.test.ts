import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { podsContract } from './pods.contract.ts';

podsContract('memory', async () => {
  const hub = new FanoutHub();
  return {
    connect: () =>
      new MemoryFanout({
        hub,
        onListenerError(error) {
          throw error;
        },
      }),
    interrupt: () => hub.interrupt(),
    restore: () => hub.restore(),
    close() {},
  };
});
