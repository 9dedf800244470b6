import { Button, CopyButton } from '@mantine/core';
import { useMemo } from 'react';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { download, markdownOf } from './files.ts';
import type { Version } from './store.ts';
import classes from './set-aside.module.css';

export interface VersionDialogProps {
  version: Version;
  onClose: () => void;
  onDelete?: () => Promise<void>;
}

/** What is shown of it; drawing a book of several megabytes takes a browser many seconds. */
const SHOWN_CHARACTERS = 50_000;

export default function VersionDialog({ version, onClose, onDelete }: VersionDialogProps) {
  const markdown = useMemo(() => markdownOf(version), [version]);
  const isLong = markdown.length > SHOWN_CHARACTERS;
  return (
    <Dialog opened onClose={onClose} title={version.title || 'Untitled plan'} size="lg">
      <p className={classes['facts']}>
        Your version of {new Date(version.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}.
        {version.said && ` The server said: “${version.said}”`}
      </p>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also with the keyboard */}
      <pre className={classes['text']} tabIndex={0} role="region" aria-label="My version" dir="auto">
        {isLong ? `${markdown.slice(0, SHOWN_CHARACTERS)}…` : markdown}
      </pre>
      {isLong && <p className={classes['facts']}>This is the beginning; copied or downloaded you get all of it.</p>}
      <div className={classes['ways']}>
        <CopyButton value={markdown} timeout={1500}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" size="xs" onClick={() => download(version, 'md')}>
          Download Markdown
        </Button>
        <Button variant="default" size="xs" onClick={() => download(version, 'bin')}>
          Download Yjs update
        </Button>
        {onDelete && (
          <ConfirmButton
            className={classes['delete']}
            label="Delete"
            sure="Delete for good"
            onConfirm={() => void onDelete().then(onClose)}
          />
        )}
      </div>
    </Dialog>
  );
}
