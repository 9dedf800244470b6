import type { Operation } from '../../../gateway/src/operations/operation.ts';
import { ERRORS, type ErrorCode } from '@syncline/protocol';
import { bearer } from './callers.ts';
import type { Served } from './served.ts';

/** An answer, whichever door it came by. */
export interface Answer {
  status: number;
  text: string;
  /** Names of its headers, where there are any that tell something. */
  headers: string[];
}

const MCP_VERSION = '2026-07-28';
const META = 'io.modelcontextprotocol/';

type Ask = {
  operation: Operation;
  input: Record<string, unknown>;
  credential: string | undefined;
  /** How it is shown. */
  headers?: Record<string, string>;
};

/** Asks over REST. */
export async function askRest({ gateway }: Served, { operation, input, credential, headers }: Ask): Promise<Answer> {
  const { method, path, query = {} } = operation.rest!;
  const left = { ...input };
  const take = (field: string) => {
    const value = String(left[field]);
    delete left[field];
    return value;
  };
  const at = path.replaceAll(/:(\w+)/g, (_, field: string) => encodeURIComponent(take(field)));
  const asked = new URLSearchParams(
    Object.keys(query).flatMap((field) => (field in left ? [[field, take(field)]] : [])),
  );
  const response = await gateway.send(method.toUpperCase(), `/v1${at}?${asked.toString()}`, {
    headers: headers ?? bearer(credential),
    ...(method !== 'get' && Object.keys(left).length > 0 && { body: left }),
  });
  return { status: response.status, text: await response.text(), headers: [...response.headers.keys()].toSorted() };
}

/** Calls the operation's tool over MCP; a refusal has the status that its code has over REST. */
export async function askMcp(served: Served, { operation, input, credential, headers: shown }: Ask): Promise<Answer> {
  const params = { name: operation.mcp!.tool, arguments: input };
  const response = await sendMcp(served, 'tools/call', shown ?? credential, params);
  const headers = [...response.headers.keys()].toSorted();
  if (response.status !== 200) return { status: response.status, text: await response.text(), headers };
  const { result } = (await response.json()) as { result: { isError?: boolean; content: { text: string }[] } };
  const text = result.content.map((part) => part.text).join('\n');
  if (!result.isError) return { status: operation.rest?.status ?? 200, text, headers };
  return { status: statusOf(text.split(':', 1)[0]!), text, headers };
}

/** Sends one message of the MCP protocol. */
export function sendMcp(
  { gateway }: Served,
  method: string,
  shown: string | Record<string, string> | undefined,
  params: Record<string, unknown> = {},
): Promise<Response> {
  const meta = {
    [`${META}protocolVersion`]: MCP_VERSION,
    [`${META}clientInfo`]: { name: 'matrix', version: '1' },
    [`${META}clientCapabilities`]: {},
  };
  return gateway.send('POST', '/mcp', {
    body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } },
    headers: {
      ...(typeof shown === 'object' ? shown : bearer(shown)),
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': MCP_VERSION,
      'mcp-method': method,
      ...(typeof params['name'] === 'string' && { 'mcp-name': params['name'] }),
    },
  });
}

/** The status of a refusal's code. @throws when there is no such code */
export function statusOf(code: string): number {
  if (!Object.hasOwn(ERRORS, code)) throw new Error(`${code} is no refusal's code`);
  return ERRORS[code as ErrorCode].status;
}
