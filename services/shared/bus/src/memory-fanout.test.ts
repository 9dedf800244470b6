import { fanoutContract } from './fanout.contract.ts';
import { FanoutHub, MemoryFanout } from './memory-fanout.ts';

fanoutContract('memory', async () => {
  const hub = new FanoutHub();
  return {
    connect: () => new MemoryFanout({ hub, onListenerError: () => {} }),
    interrupt: async () => hub.interrupt(),
    restore: async () => hub.restore(),
    close: async () => {},
  };
});
