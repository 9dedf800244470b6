import type { BatchPart, Kind, Verb } from '@syncline/protocol';
import type * as z from 'zod';
import type { Call, Operation } from './operations/operation.ts';

/** What is particular to one kind of document at the gateway. */
export interface GatewayKind<K extends Kind = Kind> {
  /** Operations that only this kind has. */
  operations: readonly Operation[];
  /** What it is made of: the fields of `documents.create` beside `kind` and `id`, and the verb that makes it of them. */
  create: Create;
  /** The verb that gives it another title. */
  rename(title: string): Verb & { args: { base_rev?: number | undefined } };
  /** Verbs of its own that may be part of a batch, as callers write them. */
  batch: readonly BatchCommand[];
  /** What reading one as JSON answers, beside its name, revision and address. */
  answer: z.ZodRawShape & { kind: z.ZodLiteral<K> };
  /** What lists show of one beside its title. */
  summary: z.ZodRawShape;
  /** The statuses that one may have, and by which lists are narrowed. */
  statuses: readonly string[];
  /** What the line of a list says to a model beside the title. */
  line(summary: Record<string, unknown>): string;
  /** What models are told of it, each as whole sentences; left out where agents have nothing to do with it. */
  told?: KindTexts;
}

export interface Create<S extends z.ZodObject = z.ZodObject> {
  fields: S;
  verb(fields: z.output<S>, call: Call): Promise<Verb>;
}

/** A command of a batch as callers write it. */
export interface BatchCommand<S extends z.ZodObject = z.ZodObject> {
  command: BatchPart['verb'];
  /** What it takes. */
  fields: S;
  read(fields: z.output<S>, call: Call): Promise<BatchPart>;
}

export interface KindTexts {
  /** What it is called, and what one has. */
  plural: string;
  has: string;
  /** How to work on one. */
  work: string;
  /** How to make one: the tool `create_document`. */
  creating: string;
  /** How one reads as Markdown: the tool `read_document`. */
  reading: string;
  /** What is not changed by `edit_document`. */
  besideText: string;
}

/** Keep the types of fields and what is made of them together. */
export function defineCreate<S extends z.ZodObject>(create: Create<S>): Create {
  return create as unknown as Create;
}

export function defineBatchCommand<S extends z.ZodObject>(command: BatchCommand<S>): BatchCommand {
  return command as unknown as BatchCommand;
}
