import { IconRobot } from '@tabler/icons-react';
import classes from './avatar.module.css';

export interface AvatarProps {
  name: string;
  color: string;
  kind?: 'human' | 'agent';
  size?: number;
}

/** A person is a disc with initials, an agent a square with a robot. Decorative: the name is said beside it. */
export function Avatar({ name, color, kind = 'human', size = 28 }: AvatarProps) {
  return (
    <span
      className={classes['avatar']}
      data-kind={kind}
      data-initials={kind === 'human' ? initialsOf(name) : undefined}
      style={{ background: color, width: size, height: size, fontSize: Math.round(size * 0.4) }}
      aria-hidden
    >
      {kind === 'agent' && <IconRobot size={Math.round(size * 0.64)} stroke={1.75} />}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => [...word][0]!.toUpperCase()).join('');
}
