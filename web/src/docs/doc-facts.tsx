import type { DocumentSession } from '@syncline/client';
import { useEffect, useState } from 'react';
import { accessOf } from '../access/document-access.ts';
import { revisionOf } from '../rest/rest.ts';
import classes from './doc.module.css';

export interface DocFactsProps {
  session: DocumentSession;
  bytes: number;
  /** Another number whenever the document has changed. */
  version: number;
  isLive: boolean;
}

/** How large a document is, and at which revision the server has it. */
export function DocFacts({ session, bytes, version, isLive }: DocFactsProps) {
  const revision = useRevision({ session, version, isLive });
  return (
    <dl className={classes['facts']}>
      <div>
        <dt>Name</dt>
        <dd>
          <code>{session.name}</code>
        </dd>
      </div>
      <div>
        <dt>Size</dt>
        <dd>{sizeOf(bytes)}</dd>
      </div>
      <div>
        <dt>Revision</dt>
        <dd>{revision ?? '—'}</dd>
      </div>
    </dl>
  );
}

/** @returns null as long as the server has not said */
function useRevision({ session, version, isLive }: Omit<DocFactsProps, 'bytes'>): number | null {
  const [revision, setRevision] = useState<number | null>(null);
  useEffect(() => {
    if (!isLive) return;
    const asking = new AbortController();
    const { name } = session;
    const access = accessOf(name);
    const ask = async () => {
      const token = access.by === 'name' ? undefined : await access.token();
      setRevision(await revisionOf(name, { token, signal: asking.signal }));
    };
    // Without an answer the last one stays.
    ask().catch(() => undefined);
    return () => asking.abort();
    // eslint-disable-next-line react/exhaustive-effect-dependencies -- asked again whenever the document has changed
  }, [session, version, isLive]);
  return revision;
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}
