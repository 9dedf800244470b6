import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('logs no secret that a client has hung on its error', () => {
  const log = JSON.stringify(new URL('./log.ts', import.meta.url).href);
  const script = `
    import { createLog } from ${log};
    const error = Object.assign(new Error('NOAUTH'), { code: 'E', command: { args: ['AUTH', 'hunter2'] } });
    createLog({ service: 'test', level: 'info' }).warn({ err: new Error('away', { cause: error }), token: 'hunter2' }, 'x');
    createLog({ service: 'test', level: 'info' }).warn({ err: error, headers: { authorization: 'hunter2' } }, 'x');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output).toContain('NOAUTH');
  expect(output).not.toContain('hunter2');
});
