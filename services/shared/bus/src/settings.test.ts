import { readSettings } from '@syncline/runtime';
import { expect, it } from 'vitest';
import { RPC_SETTINGS } from './settings.ts';

const read = (INSTALLATION: string) => readSettings(RPC_SETTINGS, { NATS_URL: 'nats://n', INSTALLATION }).INSTALLATION;

it('[B19] an installation’s name is one that subjects, channels and patterns of permissions take as it is', () => {
  for (const name of ['production', 'team-a_2', '0a3b4c5d-0000-4000-8000-000000000000', 'x'.repeat(63)])
    expect(read(name)).toBe(name);
  expect(read('')).toBeUndefined();
  for (const name of ['a.b', 'a b', 'a:b', '*', 'a>', '-a', 'é', 'a\n', 'x'.repeat(64)])
    expect(() => read(name)).toThrow(/^INSTALLATION is .*letters, digits, - and _.*INSTALLATION=production$/);
});
