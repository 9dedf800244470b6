import { Refusal } from '@syncline/protocol';
import type * as z from 'zod';

/** One thing that is wrong with a request; `field` is spelled as in `steps[0].title`. */
export interface FieldError {
  field: string;
  message: string;
}

/**
 * Reads an operation's input by its schema.
 * @throws Refusal `invalid_request` that names every field at fault, in words and as `errors`
 */
export function validate<S extends z.ZodObject>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => fieldErrors(issue, Object.keys(schema.shape))));
}

/** The refusal of these fields. */
export function invalid(errors: FieldError[]): Refusal {
  const shown = errors.slice(0, 10);
  const sentences = shown.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  if (errors.length > shown.length) sentences.push(`and ${errors.length - shown.length} more`);
  return new Refusal('invalid_request', `${sentences.join('; ')}.`, { errors: shown });
}

function fieldErrors(issue: z.core.$ZodIssue, rootFields: string[]): FieldError[] {
  const field = fieldName(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ field, message: issue.message }];
  const known = issue.path.length === 0 ? `; known are ${rootFields.join(', ') || 'none'}` : '';
  return issue.keys.map((key) => ({
    field: fieldName([...issue.path, key]),
    message: `there is no such field here${known}`,
  }));
}

function fieldName(path: PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
