import { type KeyboardEvent, type Ref, useEffect, useState } from 'react';
import classes from './growing-text.module.css';

export interface GrowingTextProps {
  value: string;
  label: string;
  placeholder?: string;
  readOnly?: boolean;
  maxLength: number;
  className?: string;
  inputRef?: Ref<HTMLTextAreaElement>;
  /** Called with what was typed, once typing pauses or ends; never with an empty text. */
  onCommit: (value: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>, draft: string) => void;
}

/** How long typing pauses before others see it. */
const PAUSE_MS = 600;

/**
 * Text that is edited where it stands and is as tall as it needs to be. While it is being typed in, others' changes to
 * it wait; a text left empty falls back to what it was.
 */
export function GrowingText({
  value,
  label,
  placeholder,
  readOnly,
  maxLength,
  className,
  inputRef,
  onCommit,
  onKeyDown,
}: GrowingTextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? value;
  const commit = () => {
    const trimmed = (draft ?? '').replaceAll(/\s*\n\s*/g, ' ').trim();
    if (trimmed !== '' && trimmed !== value) onCommit(trimmed);
  };
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(commit, PAUSE_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react/exhaustive-deps -- the pause begins anew with each character only
  }, [draft]);
  return (
    <span className={`${classes['growing']} ${className ?? ''}`} data-text={text || placeholder || ' '}>
      <textarea
        ref={inputRef}
        rows={1}
        value={text}
        aria-label={label}
        placeholder={placeholder}
        readOnly={readOnly}
        maxLength={maxLength}
        spellCheck
        dir="auto"
        onChange={(event) => setDraft(event.currentTarget.value.replaceAll('\n', ' '))}
        onBlur={() => {
          commit();
          setDraft(null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setDraft(null);
            event.currentTarget.blur();
          }
          onKeyDown?.(event, text);
          if (event.key === 'Enter') {
            event.preventDefault();
            if (!onKeyDown) event.currentTarget.blur();
          }
        }}
      />
    </span>
  );
}
