import * as z from 'zod';

/** One setting of a process: how it is read from its environment variable, and what an operator reads about it. */
export interface Setting<T = unknown> {
  schema: z.ZodType<T>;
  description: string;
  /** A right value, shown when a wrong one is refused. */
  example: string;
  /** What the table shows where the default is not plain. */
  defaultText?: string;
  secret?: boolean;
}

export type SettingsTable = Record<string, Setting>;
export type SettingsOf<T extends SettingsTable> = { [K in keyof T]: z.infer<T[K]['schema']> };

/** A start that cannot go on, in one sentence for the operator: no stack is shown. */
export class StartError extends Error {
  override name = 'StartError';
}

/**
 * Reads a process's settings from its environment.
 * @throws StartError naming each wrong variable, what is wrong and a right value; a secret's value is never repeated
 */
export function readSettings<T extends SettingsTable>(
  table: T,
  env: Record<string, string | undefined>,
): SettingsOf<T> {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, setting] of Object.entries(table)) {
    const raw = env[name] === '' ? undefined : env[name];
    const parsed = setting.schema.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else {
      const given = raw === undefined ? 'is missing' : setting.secret ? 'is wrong' : `is ${JSON.stringify(raw)}`;
      const why = parsed.error.issues.map((issue) => issue.message).join('; ');
      wrong.push(`${name} ${given}: ${why}. For example: ${name}=${setting.example}`);
    }
  }
  if (wrong.length) throw new StartError(wrong.join('\n'));
  return values as SettingsOf<T>;
}

/** The table that `--help` prints. */
export function describeSettings(table: SettingsTable): string {
  return Object.entries(table)
    .map(([name, s]) => {
      const fallback = s.defaultText ?? defaultOf(s.schema);
      return `  ${name.padEnd(22)} ${s.description}${fallback === undefined ? '' : ` (default ${fallback})`}`;
    })
    .join('\n');
}

function defaultOf(schema: z.ZodType): string | undefined {
  const parsed = schema.safeParse(undefined);
  return parsed.success && parsed.data !== undefined ? String(parsed.data) : undefined;
}

/** A whole number within bounds, as a variable spells it. */
export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .refine((n) => n >= min && n <= max, message);
}

/** A URL of one of these schemes (without the colon). */
export function url(...schemes: string[]): z.ZodType<string> {
  const message = `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return z
    .string()
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), message);
}
