import { Button, CloseButton, Portal } from '@mantine/core';
import { useEffect, useState } from 'react';
import classes from './toast.module.css';

export interface Toast {
  text: string;
  /** What can be done about it. */
  action: { label: string; run: () => void };
}

const SHOWN_MS = 10_000;

/**
 * Shows what was just done, and offers to take it back; goes by itself, but not from under a pointer or the focus. Those
 * who do not see it are told by whoever shows it.
 */
export function ToastNotice({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react/exhaustive-deps -- each toast has its own time
  }, [toast, isHeld, onClose]);
  return (
    <Portal>
      <div
        className={classes['place']}
        onMouseEnter={() => setHeld(true)}
        onMouseLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        <span>{toast.text}</span>
        <Button
          variant="subtle"
          size="xs"
          onClick={() => {
            toast.action.run();
            onClose();
          }}
        >
          {toast.action.label}
        </Button>
        <CloseButton size="sm" aria-label="Close" onClick={onClose} />
      </div>
    </Portal>
  );
}
