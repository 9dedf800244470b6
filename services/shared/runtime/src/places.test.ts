import { expect, it } from 'vitest';
import { Places } from './places.ts';

function places(limit: number) {
  const out: string[] = [];
  return { out, places: new Places<string>({ limit, maxBytes: 100, onCrowdedOut: (item) => out.push(item) }) };
}

it('when all are taken, the address that holds most gives up its oldest', () => {
  const { out, places: taken } = places(4);
  taken.take('a1', '10.0.0.1', () => 0);
  for (const item of ['b1', 'b2', 'b3']) taken.take(item, '10.0.0.2', () => 0);
  taken.take('c1', '10.0.0.3', () => 0);
  expect(out).toEqual(['b1']);
  taken.take('b4', '10.0.0.2', () => 0);
  expect(out).toEqual(['b1', 'b2']);
  expect(taken.size).toBe(4);
});

it('thousands from one address crowd out nobody from another, and a newcomer from theirs gets in', () => {
  const { out, places: taken } = places(100);
  taken.take('other', '::ffff:10.0.0.1', () => 0);
  for (let n = 0; n < 5_000; n++) taken.take(`flood ${n}`, '10.0.0.2', () => 0);
  taken.take('same', '10.0.0.2', () => 0);
  expect(out).toHaveLength(4_902);
  expect(taken.leave('other')).toBe(true);
  expect(taken.leave('same')).toBe(true);
  expect(taken.leave('flood 0')).toBe(false);
});

it('all of an IPv6 network is one address', () => {
  const { out, places: taken } = places(3);
  taken.take('other', '2001:db8:0:2::1', () => 0);
  taken.take('one', '2001:db8:0:1::1', () => 0);
  taken.take('two', '2001:db8::1:ffff:0:0:1', () => 0);
  taken.take('newcomer', '2001:db8:0:2:1:2:3:4', () => 0);
  expect(out).toEqual(['one']);
});

it('whoever has left holds nothing', () => {
  const { out, places: taken } = places(2);
  taken.take('a', '10.0.0.1', () => 0);
  taken.take('b', '10.0.0.1', () => 0);
  expect([taken.leave('a'), taken.leave('a')]).toEqual([true, false]);
  taken.take('c', '10.0.0.1', () => 0);
  expect([out, taken.size]).toEqual([[], 2]);
  for (const item of ['b', 'c']) taken.leave(item);
  expect(taken.crowdOut()).toBe(false);
});

it('when too much has been sent, the address that has sent most gives up its oldest', () => {
  const { out, places: taken } = places(10);
  taken.take('other', '10.0.0.1', () => 40);
  for (const item of ['a', 'b', 'c', 'd']) taken.take(item, '10.0.0.2', () => 20);
  taken.take('light', '10.0.0.3', () => 10);
  taken.weigh();
  expect(out).toEqual(['a', 'b']);
  taken.weigh();
  expect(taken.size).toBe(4);
});
