import { RequestTimeout, RpcUnavailable } from './rpc.ts';

/**
 * Asks any pod over HTTP, at its admin port: the way by which reads go on while NATS is away. For requests that change
 * nothing, because which pod answers is the balancer's choice.
 * @throws RequestTimeout, RpcUnavailable
 */
export type HttpRead = (data: Uint8Array, options: { timeoutMs: number }) => Promise<Uint8Array>;

/** Says whose pods are meant: an address may lead to those of another installation, which must refuse (B20). */
export const INSTALLATION_HEADER = 'syncline-installation';

/** @param url the pods' admin address, as http://sync:9090 */
export function createHttpRead(url: string, installation: string): HttpRead {
  const address = new URL('/read', url);
  return async (data, { timeoutMs }) => {
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { [INSTALLATION_HEADER]: installation },
        body: Uint8Array.from(data),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new RpcUnavailable(`a pod answered ${response.status} ${await response.text()}`);
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (error instanceof RpcUnavailable) throw error;
      if ((error as Error).name === 'TimeoutError') throw new RequestTimeout(address.href, { cause: error });
      throw new RpcUnavailable('no pod could be reached', { cause: error });
    }
  };
}
