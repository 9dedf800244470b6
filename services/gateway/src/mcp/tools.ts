import { randomUUID } from 'node:crypto';
import type { Grant } from '@syncline/auth';
import type { McpServer, ServerContext, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { commandIdSchema } from '@syncline/protocol';
import type * as z from 'zod';
import { asRefusal, type Calls } from '../calls.ts';
import type { McpShape, Operation } from '../operations/operation.ts';
import { refusalText } from './text.ts';

export interface ToolDeps {
  operations: readonly Operation[];
  calls: Calls;
  pageCharacters: number;
  grantOf(context: ServerContext): Grant;
}

/** Registers a tool for each operation that has one. */
export function registerTools(server: McpServer, deps: ToolDeps): void {
  for (const operation of deps.operations) {
    const { mcp } = operation;
    if (!mcp) continue;
    const schema = toolSchema(operation);
    const { title, description, annotations } = mcp;
    server.registerTool(
      mcp.tool,
      { title, description, annotations, inputSchema: unchecked(schema) },
      async (args: unknown, context: ServerContext) => callTool(operation, mcp, { args, context, schema, deps }),
    );
  }
}

/** A tool's arguments: what the operation takes, and for a write the id under which it takes effect once. */
export function toolSchema(operation: Operation): z.ZodObject {
  const schema = operation.mcp?.input ?? operation.input;
  if (operation.scope === 'read') return schema;
  const opId = commandIdSchema
    .optional()
    .describe('Makes a repetition safe: the same call with the same op_id takes effect once. A new one for each call');
  return schema.extend({ op_id: opId });
}

async function callTool(
  operation: Operation,
  mcp: McpShape<unknown>,
  call: { args: unknown; context: ServerContext; schema: z.ZodObject; deps: ToolDeps },
) {
  const commandId = commandIdOf(call.args);
  try {
    const { input, result } = await call.deps.calls.run(withoutOpId(operation), {
      door: 'mcp',
      input: call.args,
      schema: call.schema,
      grant: call.deps.grantOf(call.context),
      commandId,
    });
    return text(mcp.text(result, { args: input, pageCharacters: call.deps.pageCharacters }));
  } catch (error) {
    const refusal = asRefusal(error);
    call.deps.calls.refused(refusal, { door: 'mcp' });
    return { ...text(refusalText(refusal, { scope: operation.scope, commandId })), isError: true };
  }
}

/** The operation as the tool runs it: the `op_id` has become the command's id and is none of its input. */
function withoutOpId(operation: Operation): Operation {
  return { ...operation, handle: ({ op_id: _, ...input }, call) => operation.handle(input, call) };
}

/** What is no command id is left for the schema to refuse. */
function commandIdOf(args: unknown): string {
  const parsed = commandIdSchema.safeParse((args as { op_id?: unknown } | undefined)?.op_id);
  return parsed.success ? parsed.data : randomUUID();
}

function text(content: string) {
  return { content: [{ type: 'text' as const, text: content }] };
}

/** The schema as it is listed; arguments are checked by {@link Calls.run}, with the same words as those of REST. */
function unchecked(schema: z.ZodObject): StandardSchemaWithJSON {
  return { '~standard': { ...schema['~standard'], validate: (value: unknown) => ({ value }) } };
}
