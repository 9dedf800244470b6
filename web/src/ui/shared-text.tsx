import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { BoundText, type TextPlace } from './bound-text.ts';
import classes from './shared-text.module.css';

export interface SharedTextProps {
  place: TextPlace;
  /** Of the transactions that write what is typed. */
  origin: unknown;
  label: string;
  placeholder?: string;
  readOnly?: boolean;
  maxLength: number;
  isMultiline?: boolean;
  className?: string;
  onFocus?: () => void;
  onInput?: () => void;
  onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
}

/** A text of a document, edited where it stands, by everybody at once; the field is as tall as it needs to be. */
export function SharedText({
  place: { map, key },
  origin,
  label,
  placeholder = '',
  readOnly = false,
  maxLength,
  isMultiline = false,
  className = '',
  ...handlers
}: SharedTextProps) {
  const frame = useRef<HTMLSpanElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const bound = new BoundText({
      field: field.current!,
      place: { map, key },
      origin,
      isMultiline,
      onShown: (text) => {
        frame.current!.dataset['text'] = text || placeholder || ' ';
      },
    });
    return () => bound.end();
  }, [map, key, origin, isMultiline, placeholder]);
  return (
    <span ref={frame} className={`${classes['growing']} ${className}`}>
      <textarea
        ref={field}
        rows={1}
        data-shared-text={key}
        aria-label={label}
        placeholder={placeholder}
        readOnly={readOnly}
        maxLength={maxLength}
        spellCheck
        dir="auto"
        {...handlers}
      />
    </span>
  );
}
