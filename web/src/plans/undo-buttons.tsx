import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useEffect } from 'react';
import { type PlanUndo, useUndoVersion } from './plan-undo.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Undo and redo of one's own changes, by button and, outside of text that has its own, by key. */
export function UndoButtons({ undo }: { undo: PlanUndo }) {
  useUndoVersion(undo);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey || hasOwnUndo(event.target)) return;
      const key = event.key.toLowerCase();
      const redo = (key === 'z' && event.shiftKey) || (key === 'y' && !isMac);
      if (key !== 'z' && !redo) return;
      event.preventDefault();
      if (redo) undo.redo();
      else undo.undo();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [undo]);
  return (
    <>
      <Tooltip label={`Undo your last change (${isMac ? '⌘Z' : 'Ctrl+Z'})`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label="Undo"
          disabled={!undo.canUndo}
          onClick={() => undo.undo()}
        >
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`Redo (${isMac ? '⇧⌘Z' : 'Ctrl+Shift+Z'})`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label="Redo"
          disabled={!undo.canRedo}
          onClick={() => undo.redo()}
        >
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

/** The editor undoes text itself; a field undoes what is being typed into it. */
function hasOwnUndo(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.matches('textarea, input:not([type="checkbox"])');
}
