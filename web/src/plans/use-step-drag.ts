import type { Step } from '@syncline/protocol';
import { type DragEvent, useState } from 'react';

interface Drop {
  over: string;
  side: 'before' | 'after';
}

/** Dragging a step by its grip to another place in the list. */
export function useStepDrag(steps: Step[], move: (id: string, after: string | null) => void) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [drop, setDrop] = useState<Drop | null>(null);
  const end = () => {
    setDragged(null);
    setDrop(null);
  };
  return {
    start: setDragged,
    end,
    markOf: (id: string) => (drop?.over === id ? drop.side : null),
    over: (event: DragEvent<HTMLElement>) => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-step]');
      if (dragged === null || !row) return;
      event.preventDefault();
      const { top, height } = row.getBoundingClientRect();
      setDrop({ over: row.dataset['step']!, side: event.clientY < top + height / 2 ? 'before' : 'after' });
    },
    drop: (event: DragEvent<HTMLElement>) => {
      if (dragged === null || !drop) return;
      event.preventDefault();
      const others = steps.filter(({ id }) => id !== dragged);
      const index = others.findIndex(({ id }) => id === drop.over);
      if (drop.over !== dragged && index >= 0)
        move(dragged, (drop.side === 'after' ? others[index] : others[index - 1])?.id ?? null);
      end();
    },
  };
}
