import { readFileSync } from 'node:fs';

const NAMES = new URL('../docs/compatibility.md', import.meta.url);

/** The last version that docs/compatibility.md names, and the commit that it is. */
export function lastNamedVersion(): { version: string; commit: string } {
  const rows = [...readFileSync(NAMES, 'utf8').matchAll(/^\| (\d+\.\d+\.\d+) +\| `([0-9a-f]{40})` +\|/gm)];
  const [, version, commit] = rows.at(-1) ?? [];
  if (!version || !commit) throw new Error('docs/compatibility.md names no version with its commit.');
  return { version, commit };
}
