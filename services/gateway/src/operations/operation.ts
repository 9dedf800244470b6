import type { Grant, RightsAdmin } from '@syncline/auth';
import type { Catalog } from '@syncline/journal';
import type { Role } from '@syncline/protocol';
import type * as z from 'zod';
import type { MarkdownReader } from '../markdown/reader.ts';
import type { Pods } from '../pods.ts';

/**
 * One thing that can be asked of Syncline, described once: REST routes and MCP tools are both made from it, and both
 * end in its one handler.
 */
export interface Operation<S extends z.ZodObject = z.ZodObject, R = unknown> {
  /** Names it in logs and metrics. */
  name: string;
  summary: string;
  scope: 'read' | 'write';
  /**
   * The role that it needs in the workspace as a whole. Left out where it concerns one document: what that needs is
   * looked at where the document is asked for, whoever asks ({@link Pods}).
   */
  role?: Role;
  /** What it takes, whichever way it comes in; a strict object. */
  input: S;
  handle(input: z.output<S>, call: Call): Promise<R>;
  rest?: RestShape<S, R>;
  mcp?: McpShape<R>;
}

/** Who calls, and what a handler may reach. */
export interface Call {
  grant: Grant;
  /** The same id makes the same call; of reads nobody asks. */
  commandId: string;
  pods: Pods;
  catalog: Catalog;
  /** null in open mode. */
  rights: RightsAdmin | null;
  markdown: MarkdownReader;
  /** The address at which a person opens the document. */
  urlOf(document: { kind: string; id: string }): string;
}

/** How an operation is reached over REST. Its input is the path's parameters, the query and the body together. */
export interface RestShape<S extends z.ZodObject, R> {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** Below `/v1`, as express spells it. */
  path: string;
  /** Fields that come in the query, and how they are read there. */
  query?: Partial<Record<keyof z.input<S> & string, 'text' | 'integer'>>;
  /** The field, in base64, that may come alone as a body of bytes; all else is then in the path, the query and headers. */
  bytes?: string;
  /** What a success is answered with; 200 where it is left out. */
  status?: 200 | 201;
  /** The JSON that a success answers. */
  output: z.ZodObject | z.ZodUnion<readonly z.ZodObject[]>;
  answer(result: R, input: z.output<S>): RestAnswer;
}

export interface RestAnswer {
  /** Becomes the `ETag`. */
  revision?: number;
  location?: string;
  /** Sent as JSON; a string as Markdown, bytes as they are. */
  body: object | string | Uint8Array;
}

/** How an operation is a tool of MCP. */
export interface McpShape<R> {
  tool: string;
  title: string;
  /** For a model; below 2 KB, where clients cut. */
  description: string;
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  /** What a model fills in, where that differs from {@link Operation.input}, whose required fields it has too. */
  input?: z.ZodObject;
  /** The result as the model reads it. */
  text(result: R, reading: { args: Record<string, unknown>; pageCharacters: number }): string;
}

/** The annotations of a tool that reads. */
export const READING = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** Keeps the types of input and result together while an operation is written down. */
export function defineOperation<S extends z.ZodObject, R>(operation: Operation<S, R>): Operation {
  return operation as unknown as Operation;
}
