import { Tooltip } from '@mantine/core';
import type { Status } from '@syncline/client';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCloudOff,
  IconDatabaseOff,
  IconEye,
  IconLoader,
  IconLock,
  IconPlugConnected,
  IconRefresh,
} from '@tabler/icons-react';
import type { StatusWords } from '../documents/status-words.ts';
import classes from './status-pill.module.css';

const ICONS: Record<Status, typeof IconEye> = {
  opening: IconPlugConnected,
  saved: IconCircleCheck,
  saving: IconLoader,
  reconnecting: IconRefresh,
  offline: IconCloudOff,
  full: IconDatabaseOff,
  unsaved: IconAlertTriangle,
  readonly: IconEye,
  removed: IconLock,
  refused: IconAlertTriangle,
};

/** Whether what one sees is safe, in an icon and words; announced when it changes, politely unless text may be lost. */
export function StatusPill({ words }: { words: StatusWords }) {
  const Icon = ICONS[words.status];
  const role = words.status === 'unsaved' ? 'alert' : 'status';
  return (
    <Tooltip label={words.detail} multiline maw={280}>
      <div key={role} className={classes['pill']} data-kind={words.status} role={role}>
        <Icon size={16} aria-hidden />
        {words.short === words.label ? (
          <span className={classes['only']}>{words.label}</span>
        ) : (
          <>
            <span className={classes['label']}>{words.label}</span>
            <span className={classes['short']} aria-hidden>
              {words.short}
            </span>
          </>
        )}
      </div>
    </Tooltip>
  );
}
