export * from './memory-rpc.ts';
export * from './rpc.ts';
