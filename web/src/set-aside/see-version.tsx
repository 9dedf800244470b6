import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Version } from './store.ts';

const VersionDialog = lazy(() => import('./version-dialog.tsx'));

export interface SeeVersionProps {
  /** Asked for when it is to be seen. */
  version: () => Version;
  /** Absent where it cannot be deleted by itself. */
  onDelete?: () => Promise<void>;
}

/** Opens a person's version of a document, to be read, copied or downloaded. */
export function SeeVersion({ version, onDelete }: SeeVersionProps) {
  const [seen, setSeen] = useState<Version | null>(null);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setSeen(version())}>
        See my version
      </Button>
      {seen && (
        <Suspense>
          <VersionDialog version={seen} onClose={() => setSeen(null)} {...(onDelete && { onDelete })} />
        </Suspense>
      )}
    </>
  );
}
