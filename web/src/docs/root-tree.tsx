import { useState } from 'react';
import classes from './doc.module.css';

/** How many parts of one value are drawn, and how much of a text. */
const MAX_PARTS = 200;
const MAX_TEXT = 2_000;

/** The roots of a document as a tree; each part is drawn once it is opened. */
export function RootTree({ roots }: { roots: [string, unknown][] }) {
  return (
    <div className={classes['tree']}>
      <Parts parts={roots} open={roots.length === 1} />
    </div>
  );
}

function Parts({ parts, open = false }: { parts: [string, unknown][]; open?: boolean }) {
  const more = parts.length - MAX_PARTS;
  return (
    <ul>
      {parts.slice(0, MAX_PARTS).map(([name, value]) => (
        <li key={name}>
          <Part name={name} value={value} open={open} />
        </li>
      ))}
      {more > 0 && <li className={classes['none']}>and {more} more</li>}
    </ul>
  );
}

function Part({ name, value, open }: { name: string; value: unknown; open: boolean }) {
  const [isOpen, setOpen] = useState(open);
  const label = <span className={classes['name']}>{name}</span>;
  const parts = partsOf(value);
  if (parts === null)
    return (
      <div className={classes['leaf']}>
        {label} <Leaf value={value} />
      </div>
    );
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label} <span className={classes['kind']}>{kindOf(value, parts.length)}</span>
      </summary>
      {isOpen && <Parts parts={parts} />}
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (value === null) return <span className={classes['kind']}>nothing</span>;
  if (typeof value !== 'string') return <span className={classes['value']}>{String(value)}</span>;
  const isLong = value.length > MAX_TEXT;
  return (
    <span className={classes['text']} dir="auto">
      {value.slice(0, MAX_TEXT)}
      {isLong && <span className={classes['kind']}>… {value.length - MAX_TEXT} more characters</span>}
    </span>
  );
}

/** @returns null for what has none */
function partsOf(value: unknown): [string, unknown][] | null {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value);
}

function kindOf(value: unknown, count: number): string {
  const [what, one, several] = Array.isArray(value) ? ['list', 'item', 'items'] : ['map', 'entry', 'entries'];
  return `${what}, ${count} ${count === 1 ? one : several}`;
}
