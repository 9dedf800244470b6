export * from './bus-status.ts';
export * from './fanout.ts';
export * from './http-read.ts';
export * from './memory-fanout.ts';
export * from './memory-rpc.ts';
export { NatsRpc, type NatsRpcDeps } from './nats-rpc.ts';
export { RedisFanout, type RedisFanoutDeps } from './redis-fanout.ts';
export * from './rpc.ts';
export * from './settings.ts';
