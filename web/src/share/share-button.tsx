import { Button } from '@mantine/core';
import type { DocumentSession } from '@syncline/client';
import { IconShare2 } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import classes from './share.module.css';

const ShareDialog = lazy(() => import('./share-dialog.tsx'));

/** Opens what a document is shared by. */
export function ShareButton({ session }: { session: DocumentSession }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        className={classes['button']}
        variant="default"
        size="xs"
        leftSection={<IconShare2 size={16} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        <span className={classes['buttonLabel']}>Share</span>
      </Button>
      {opened && (
        <Suspense>
          <ShareDialog session={session} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}
