import './change-mark.css';
import type { Presence } from '@syncline/client';
import type { CSSProperties } from 'react';

/** What shows of a row or a block who has just changed it: a tint, and their name between it and what is above. */
export function changeMark(by: Presence | undefined): { 'data-changed-by'?: string; style?: CSSProperties } {
  if (!by) return {};
  return { 'data-changed-by': by.name, style: { '--changed-by': by.color } as CSSProperties };
}
