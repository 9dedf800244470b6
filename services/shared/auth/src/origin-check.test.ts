import { describe, expect, it } from 'vitest';
import { createOriginCheck } from './origin-check.ts';

const check = createOriginCheck({
  publicUrl: () => 'https://plans.example.com/app',
  corsOrigins: ['https://host.example.org:8443'],
});

describe('createOriginCheck', () => {
  it.each(['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST', 'plans.example.com'])(
    'lets the host %s in',
    (host) => {
      expect(check({ host })).toBeNull();
    },
  );

  it.each([undefined, '', 'evil.example', 'localhost.evil.example', 'localhost@evil.example', 'a b', 'localhost:x'])(
    'refuses the host %s',
    (host) => {
      expect(check({ host })?.code).toBe('forbidden');
    },
  );

  it.each([
    ['localhost:8080', 'http://localhost:8080'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['localhost', 'http://localhost'],
    ['localhost:80', 'http://localhost'],
    ['localhost:8080', 'https://plans.example.com'],
    ['localhost:8080', 'https://host.example.org:8443'],
  ])('at the host %s lets the origin %s in', (host, origin) => {
    expect(check({ host, origin })).toBeNull();
  });

  it.each([
    'null',
    'http://localhost:5173',
    'http://127.0.0.1',
    'https://plans.example.com:8443',
    '',
    'https://evil.example',
    'https://host.example.org',
    'http://host.example.org:8443',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'chrome-extension://abc',
    'file://localhost',
  ])('refuses the origin %s and names the settings', (origin) => {
    const refusal = check({ host: 'localhost', origin });
    expect(refusal?.code).toBe('forbidden');
    expect(refusal?.message).toMatch(/CORS_ORIGINS.*PUBLIC_URL/);
  });

  it('names PUBLIC_URL when the host is foreign, even with a right origin', () => {
    expect(check({ host: 'evil.example', origin: 'http://localhost' })?.message).toContain('PUBLIC_URL');
  });
});
