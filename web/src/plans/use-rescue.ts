import { useCallback, useEffect, useRef, useState } from 'react';
import type * as Y from 'yjs';
import type { Caret } from './caret.ts';

/** What becomes of an editor that fails. */
export interface Rescue {
  /** Counts the editors that there have been. */
  attempt: number;
  /** `well`; `rebuilt`: another has taken its place; `failed`: so many failed one after the other that there is none. */
  state: 'well' | 'rebuilt' | 'failed';
  /** Where the last one had the caret. */
  caret: Caret | null;
  /** The editor of this attempt has failed; only what is said first of it counts. */
  onFailed(attempt: number, error: unknown, caret: Caret | null): void;
  /** Tries once more. */
  retry(): void;
  /** The person knows that it was rebuilt. */
  dismiss(): void;
}

/** So many failures within so long are more than bad luck. */
const MAX_FAILURES = 3;
const WITHIN_MS = 10_000;
/** How long after a change a text that cannot be drawn is tried again. */
const RETRY_MS = 1_000;

type Progress = Pick<Rescue, 'attempt' | 'state' | 'caret'>;
const again = ({ attempt }: Progress): Progress => ({
  attempt: attempt + 1,
  state: 'rebuilt',
  caret: null,
});

export function useRescue(doc: Y.Doc): Rescue {
  const [{ attempt, state, caret }, setRescue] = useState<Progress>({ attempt: 0, state: 'well', caret: null });
  const failures = useRef<number[]>([]);
  const onFailed = useCallback((failed: number, error: unknown, caret: Caret | null) => {
    reportError(error);
    const now = performance.now();
    const recent = [...failures.current.filter((at) => now - at < WITHIN_MS), now];
    const next = recent.length < MAX_FAILURES ? 'rebuilt' : 'failed';
    // It may fail while it is drawn, where nothing may be set; and twice, which counts once.
    queueMicrotask(() =>
      setRescue((rescue) => {
        if (rescue.attempt !== failed) return rescue;
        failures.current = recent;
        return { attempt: failed + 1, state: next, caret };
      }),
    );
  }, []);
  const retry = useCallback(() => setRescue(again), []);
  const dismiss = useCallback(() => setRescue((rescue) => ({ ...rescue, state: 'well' })), []);
  useEffect(() => {
    if (state !== 'failed') return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onUpdate = () => (timer ??= setTimeout(() => setRescue(again), RETRY_MS));
    doc.on('update', onUpdate);
    return () => {
      clearTimeout(timer);
      doc.off('update', onUpdate);
    };
  }, [doc, state]);
  return { attempt, state, caret, onFailed, retry, dismiss };
}
