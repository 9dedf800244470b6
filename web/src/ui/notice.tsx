import type { ReactNode } from 'react';
import classes from './notice.module.css';

export interface NoticeProps {
  /** Whether the person must do something, or is only told. */
  tone: 'bad' | 'calm';
  title: string;
  detail: string;
  /** What can be done, as buttons. */
  children: ReactNode;
}

/** Something that is to be known about the document below. */
export function Notice({ tone, title, detail, children }: NoticeProps) {
  return (
    <section className={classes['notice']} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <div>
        <strong>{title}</strong>
        <p>{detail}</p>
      </div>
      <div className={classes['ways']}>{children}</div>
    </section>
  );
}
