import { expect, it } from 'vitest';
import { parseNatsUrl } from './nats-address.ts';

it.each([
  ['nats://localhost', { servers: ['localhost:4222'] }],
  ['nats://10.0.0.1:4333', { servers: ['10.0.0.1:4333'] }],
  ['nats://[::1]:4333', { servers: ['[::1]:4333'] }],
  ['nats://a:1, nats://b:2', { servers: ['a:1', 'b:2'] }],
  ['nats://me:p%40ss@a', { servers: ['a:4222'], user: 'me', pass: 'p@ss' }],
  ['nats://token@a', { servers: ['a:4222'], token: 'token' }],
  ['tls://me:1234@a:4222,tls://b', { servers: ['a:4222', 'b:4222'], user: 'me', pass: '1234', tls: {} }],
])('reads %s', (url, expected) => {
  expect(parseNatsUrl(url)).toEqual(expected);
});
