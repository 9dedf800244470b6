import { parseArgs } from 'node:util';
import { DEFAULT_WORKSPACE, type Kind, KINDS, SHORT_ID } from '@syncline/protocol';
import { StartError } from '@syncline/runtime';
import type { Columns } from './tables.ts';

export const USAGE = `npm run import -- --from <where> --kind <kind> [options]

  --from postgres://…     the database with the table (its password may come as PGPASSWORD), or sqlite:<file>
  --kind <kind>           what the documents become: ${KINDS.join(', ')}
  --table <name>          default documents; with its schema as <schema>.<name>
  --name-column <name>    default name
  --data-column <name>    default data
  --workspace <name>      where they go, default ${DEFAULT_WORKSPACE}
  --report <file>         writes a line of JSON for each row: its name, its document, and what became of it
  --dry-run               looks at everything and writes nothing

  Ends with 0 when all that the table says is here, with 1 when something is not.`;

/** What the import is told to do. */
export interface Options {
  from: string;
  columns: Columns;
  into: { workspace: string; kind: Kind };
  report: string | undefined;
  dryRun: boolean;
}

/** @throws StartError naming the option that is wrong */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        from: { type: 'string', default: '' },
        kind: { type: 'string', default: '' },
        table: { type: 'string', default: 'documents' },
        'name-column': { type: 'string', default: 'name' },
        'data-column': { type: 'string', default: 'data' },
        workspace: { type: 'string', default: DEFAULT_WORKSPACE },
        report: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
      },
    });
    const { from, workspace, report } = values;
    if (!from) throw new Error('--from: say where the table is, as postgres://… or sqlite:<file>');
    if (!SHORT_ID.test(workspace)) throw new Error('--workspace: must be 1–64 letters, digits, "_" or "-"');
    const columns = { table: values.table, name: values['name-column'], data: values['data-column'] };
    const into = { workspace, kind: kindOf(values.kind) };
    return { from, columns, into, report, dryRun: values['dry-run'] };
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\nUsage: ${USAGE}`);
  }
}

function kindOf(wanted: string): Kind {
  const kind = KINDS.find((kind) => kind === wanted);
  if (!kind) throw new Error(`--kind: must be one of ${KINDS.join(', ')}`);
  return kind;
}
