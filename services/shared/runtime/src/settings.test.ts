import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeSettings, readSettings, StartError, url, wholeNumber } from './settings.ts';

const TABLE = {
  PORT: { schema: wholeNumber(0, 65535).default(8080), description: 'The port', example: '8080' },
  ADMIN_PORT: { schema: wholeNumber(0, 65535).optional(), description: 'Another', example: '9090' },
  DATABASE_URL: {
    schema: url('postgres').optional(),
    description: 'Where the documents are',
    example: 'postgres://localhost/syncline',
    secret: true,
  },
  NAME: { schema: z.string().min(2), description: 'A name', example: 'ann' },
};

describe('settings', () => {
  it('reads values, and an empty variable as none', () => {
    expect(readSettings(TABLE, { PORT: '', NAME: 'ann', ADMIN_PORT: '0' })).toEqual({
      PORT: 8080,
      ADMIN_PORT: 0,
      DATABASE_URL: undefined,
      NAME: 'ann',
    });
  });

  it('names every wrong variable, with a right value, and never repeats a secret', () => {
    const wrong = () => readSettings(TABLE, { PORT: '-1', DATABASE_URL: 'mysql://user:hunter2@host' });
    expect(wrong).toThrow(StartError);
    expect(wrong).toThrow(
      /PORT is "-1": must be a whole number from 0 to 65535.*\n.*DATABASE_URL is wrong.*\n.*NAME is missing/,
    );
    expect(wrong).not.toThrow(/hunter2/);
  });

  it('describes itself with defaults', () => {
    expect(describeSettings(TABLE)).toContain('PORT                   The port (default 8080)');
  });
});
