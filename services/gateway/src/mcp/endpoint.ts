import { type Access, type Grant, nameAgent } from '@syncline/auth';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { CLIENT_INFO_META_KEY, createMcpHandler, McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { Refusal } from '@syncline/protocol';
import type { Logger } from '@syncline/runtime';
import type { Request, RequestHandler } from 'express';
import type { Calls } from '../calls.ts';
import type { Operation } from '../operations/operation.ts';
import type { RateLimits } from '../rate-limits.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { registerTools } from './tools.ts';

/**
 * `/mcp`: Streamable HTTP for both eras of the protocol, without sessions, so that any replica answers any call. A
 * client that hangs up does not stop what it asked for: a command is carried out whole, and its `op_id` finds it again.
 */
export function createMcpEndpoint(deps: {
  operations: readonly Operation[];
  calls: Calls;
  access: Pick<Access, 'ofRequest'>;
  rateLimits: Pick<RateLimits, 'ofGrant'>;
  log: Logger;
  bodyLimitBytes: number;
  pageCharacters: number;
}): { handle: RequestHandler; close(): Promise<void> } {
  const onerror = (error: Error) => deps.log.debug({ door: 'mcp', err: error }, 'protocol error');
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const server = new McpServer(
        { name: 'syncline', title: 'Syncline', version: '0.1.0' },
        { instructions: INSTRUCTIONS, capabilities: { tools: { listChanged: false } } },
      );
      const { grant, program } = authInfo!.extra as unknown as Extra;
      registerTools(server, {
        ...deps,
        grantOf: (context) => ({
          ...grant,
          principal: nameAgent(grant.principal, clientName(context) ?? program),
        }),
      });
      return server;
    },
    { legacy: 'stateless', onerror, maxRequestBodySize: deps.bodyLimitBytes },
  );
  let closed = false;
  const serve = toNodeHandler(handler, { onerror, maxRequestBodySize: deps.bodyLimitBytes });

  return {
    async handle(req, res) {
      if (closed) throw new Refusal('draining', 'This gateway is closing. Send it again in a moment.');
      const grant = await deps.access.ofRequest(req.headers);
      await deps.rateLimits.ofGrant(grant, res);
      const extra: Extra = { grant, program: programOf(req) };
      await serve(Object.assign(req, { auth: { token: '', clientId: '', scopes: [], extra: { ...extra } } }), res);
    },
    close() {
      closed = true;
      return handler.close();
    },
  };
}

/** What the endpoint knows of a request, handed through the SDK to the tools. */
interface Extra {
  grant: Grant;
  program: string | undefined;
}

/** The client's own name; only the modern era sends it with every call. */
function clientName(context: ServerContext): string | undefined {
  const client = (context.mcpReq.envelope as Record<string, { name?: string } | undefined> | undefined)?.[
    CLIENT_INFO_META_KEY
  ];
  return client?.name;
}

const LIBRARIES = /^(mozilla|node|undici|bun|deno|axios|node-fetch|curl|wget|okhttp|(python|go|java)[-\w]*)$/i;

/** The program in `User-Agent`, unless that names just a library. */
function programOf(req: Request): string | undefined {
  const program = /^([A-Za-z][\w.-]{0,63})(?:\/|$)/.exec(req.get('user-agent') ?? '')?.[1];
  return program === undefined || LIBRARIES.test(program) ? undefined : program;
}
