import { Tooltip } from '@mantine/core';
import { type Presence, keyOf } from '@syncline/client';
import { Avatar } from './avatar.tsx';
import classes from './presence-bar.module.css';

const MAX_SHOWN = 4;

/** Who else is here: at most four, then a number; read aloud as a list of names. */
export function PresenceBar({ presences }: { presences: Presence[] }) {
  if (presences.length === 0) return null;
  const shown = presences.slice(0, MAX_SHOWN);
  const rest = presences.slice(MAX_SHOWN);
  return (
    <ul className={classes['bar']} aria-label="Also here">
      {shown.map((presence) => (
        <Tooltip key={keyOf(presence)} label={described(presence)}>
          <li className={classes['item']}>
            <Avatar {...presence} />
            <span className="visually-hidden">{described(presence)}</span>
          </li>
        </Tooltip>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.map(described).join(', ')} multiline maw={260}>
          <li className={classes['rest']}>
            <span aria-hidden>+{rest.length}</span>
            <span className="visually-hidden">{rest.map(described).join(', ')}</span>
          </li>
        </Tooltip>
      )}
    </ul>
  );
}

function described({ name, kind, activity }: Presence): string {
  const more = [kind === 'agent' && 'agent', activity?.type].filter(Boolean);
  return more.length ? `${name} (${more.join(', ')})` : name;
}
