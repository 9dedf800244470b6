import { ActionIcon, Tooltip } from '@mantine/core';
import { isComposingKey } from '@syncline/client';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useEffect } from 'react';
import { flushSync } from 'react-dom';
import { type PlanUndo, useUndoVersion } from './plan-undo.ts';
import { focusRow } from './step-actions.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Undo and redo of one's own changes to the plan, by button and, wherever in it the focus is, by key. */
export function UndoButtons({ undo }: { undo: PlanUndo }) {
  useUndoVersion(undo);
  useEffect(() => {
    const act = (event: Event, way: 'undo' | 'redo') => {
      event.preventDefault();
      // The editor has keys and a history for its text alone.
      event.stopPropagation();
      const row = document.activeElement?.closest('[data-step]');
      const before = row?.previousElementSibling;
      flushSync(() => undo[way]());
      // The row that the caret was in has gone.
      if (row && !row.isConnected) focusRow(before);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey || isComposingKey(event)) return;
      if (hasOwnUndo(event.target)) return;
      const key = letterOf(event);
      const redo = (key === 'z' && event.shiftKey) || (key === 'y' && !isMac);
      if (key === 'z' || redo) act(event, redo ? 'redo' : 'undo');
    };
    // The browser’s own menus.
    const onBeforeInput = (event: InputEvent) => {
      if (hasOwnUndo(event.target)) return;
      if (event.inputType === 'historyUndo') act(event, 'undo');
      if (event.inputType === 'historyRedo') act(event, 'redo');
    };
    const ending = new AbortController();
    const options = { capture: true, signal: ending.signal };
    window.addEventListener('keydown', onKeyDown, options);
    window.addEventListener('beforeinput', onBeforeInput, options);
    return () => ending.abort();
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

/** What the key is called where letters are Latin. */
function letterOf({ key, code }: KeyboardEvent): string {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, '')).toLowerCase();
}

/** A field of a form undoes what is being typed into it, as long as there is something. */
function hasOwnUndo(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return false;
  return target.type !== 'checkbox' && target.dataset['sharedText'] === undefined && target.value !== '';
}
