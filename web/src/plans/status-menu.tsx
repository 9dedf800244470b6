import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { PlanStatus } from '@syncline/protocol';
import { StatusBadge } from './status-badge.tsx';
import { STATUS_NAMES } from './status-names.ts';
import classes from './status.module.css';

export interface StatusMenuProps {
  status: PlanStatus;
  disabled: boolean;
  onChange: (status: PlanStatus) => void;
}

/** Shows where the plan stands, and changes it. */
export function StatusMenu({ status, disabled, onChange }: StatusMenuProps) {
  return (
    <Menu position="bottom-start" disabled={disabled}>
      <Menu.Target>
        <UnstyledButton className={classes['select']} disabled={disabled}>
          <span className="visually-hidden">Status: </span>
          <StatusBadge status={status} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(STATUS_NAMES) as PlanStatus[]).map((value) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={value === status}
            rightSection={value === status ? <IconCheck size={14} /> : null}
            onClick={() => onChange(value)}
          >
            <StatusBadge status={value} />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
