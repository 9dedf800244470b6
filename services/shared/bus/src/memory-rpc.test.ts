import { MemoryRpc, RpcHub } from './memory-rpc.ts';
import { rpcContract } from './rpc.contract.ts';

rpcContract('memory', async () => {
  const hub = new RpcHub();
  return {
    connect: (options) => new MemoryRpc({ hub, ...options }),
    settle: async () => {},
    interrupt: async () => hub.interrupt(),
    restore: async () => hub.restore(),
    close: async () => {},
  };
});
