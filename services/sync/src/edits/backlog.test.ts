import { beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '@syncline/runtime';
import { Backlog } from './backlog.ts';

const LIMITS = { slowBytes: 100, slowMs: 1_000, maxUnsentBytes: 1_000 };
const frame = new Uint8Array(150);
const wire = { unsent: 0, send: (bytes: Uint8Array) => void (wire.unsent += bytes.length) };
const onSlow = vi.fn<() => void>();
let backlog: Backlog;
beforeEach(() => {
  vi.useFakeTimers();
  wire.unsent = 0;
  onSlow.mockReset();
  backlog = new Backlog({ clock: systemClock, wire, limits: LIMITS, onSlow });
  return () => vi.useRealTimers();
});

it('[S42] gives up a client for which something has waited too long, also when nothing more is sent', () => {
  backlog.send(frame);
  vi.advanceTimersByTime(999);
  expect(onSlow).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onSlow).toHaveBeenCalledOnce();
});

it('[S42] keeps a client that catches up in between, however much it is sent', () => {
  for (let n = 0; n < 10; n++) {
    backlog.send(frame);
    vi.advanceTimersByTime(600);
    wire.unsent = 50;
  }
  vi.advanceTimersByTime(10_000);
  expect(onSlow).not.toHaveBeenCalled();
});

it('[S42] lets no more wait than the limit and one frame, and gives the client up at once', () => {
  for (let n = 0; n < 20; n++) backlog.send(frame);
  expect(wire.unsent).toBe(1_050);
  expect(onSlow).toHaveBeenCalled();
});

it('[S42] forgets a client that is gone', () => {
  backlog.send(frame);
  backlog.stop();
  vi.advanceTimersByTime(10_000);
  expect(onSlow).not.toHaveBeenCalled();
});
