import { Tooltip } from '@mantine/core';
import type { Status, StatusKind } from '@syncline/client';
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
import classes from './status-pill.module.css';

const ICONS: Record<StatusKind, typeof IconEye> = {
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
export function StatusPill({ status }: { status: Status }) {
  const Icon = ICONS[status.kind];
  const role = status.kind === 'unsaved' ? 'alert' : 'status';
  return (
    <Tooltip label={status.detail} multiline maw={280}>
      <div key={role} className={classes['pill']} data-kind={status.kind} role={role}>
        <Icon size={16} aria-hidden />
        {status.short === status.label ? (
          <span className={classes['only']}>{status.label}</span>
        ) : (
          <>
            <span className={classes['label']}>{status.label}</span>
            <span className={classes['short']} aria-hidden>
              {status.short}
            </span>
          </>
        )}
      </div>
    </Tooltip>
  );
}
