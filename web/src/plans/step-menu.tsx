import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import type { Step } from '@syncline/protocol';
import { lazy, Suspense, useState } from 'react';
import type * as Y from 'yjs';
import type { StepActions } from './step-actions.ts';
import classes from './steps.module.css';

const StepDetails = lazy(() => import('./step-details.tsx'));

export interface StepMenuProps {
  step: Step;
  map: Y.Map<unknown>;
  /** Then there is only what is open of it. */
  isDeleted: boolean;
  actions: StepActions;
}

/** What else can be done to a step. */
export function StepMenu({ step, map, isDeleted, actions }: StepMenuProps) {
  const [detailing, setDetailing] = useState(false);
  return (
    <>
      {!isDeleted && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              className={classes['menu']}
              variant="subtle"
              color="gray"
              aria-label={`More for: ${step.title || 'a step without words'}`}
            >
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDetailing(true)}>
              Assignee and note
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowUp size={16} />}
              rightSection={<kbd>Alt ↑</kbd>}
              onClick={() => actions.move(step.id, -1)}
            >
              Move up
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowDown size={16} />}
              rightSection={<kbd>Alt ↓</kbd>}
              onClick={() => actions.move(step.id, 1)}
            >
              Move down
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => actions.remove(step.id)}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {detailing && (
        <Suspense>
          <StepDetails
            step={step}
            map={map}
            isDeleted={isDeleted}
            actions={actions}
            onClose={() => setDetailing(false)}
          />
        </Suspense>
      )}
    </>
  );
}
