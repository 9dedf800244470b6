import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCloudOff,
  IconEye,
  IconLoader,
  IconLock,
  IconPlugConnected,
  IconRefresh,
} from '@tabler/icons-react';

import type { Status, StatusKind } from '../session/status.ts';
import classes from './status-pill.module.css';

const ICONS: Record<StatusKind, typeof IconEye> = {
  opening: IconPlugConnected,
  saved: IconCircleCheck,
  saving: IconLoader,
  reconnecting: IconRefresh,
  offline: IconCloudOff,
  readonly: IconEye,
  removed: IconLock,
  refused: IconAlertTriangle,
};

/** Whether what one sees is safe, in an icon and words; announced politely when it changes. */
export function StatusPill({ status }: { status: Status }) {
  const Icon = ICONS[status.kind];
  return (
    <Tooltip label={status.detail} multiline maw={280}>
      <div className={classes['pill']} data-kind={status.kind} role="status" aria-live="polite">
        <Icon size={16} aria-hidden />
        <span className={classes['label']}>{status.label}</span>
      </div>
    </Tooltip>
  );
}
