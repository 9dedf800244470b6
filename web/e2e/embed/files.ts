import { readFileSync } from 'node:fs';

const GUIDE = new URL('../../../docs/embed.md', import.meta.url);
/** Its path in a line of its own, then what is in it. */
const FILE_OF_GUIDE = /^`([\w./-]+)`\n\n```\w+\n([\s\S]*?)^```$/gm;
const STOCK = ['package.json', 'vite.config.ts', 'index.html', 'main.ts'];

/** The files of an application, by their paths in its folder. */
export type Files = Record<string, string>;

/** Those that docs/embed.md tells one to write. */
export function guideFiles(): Files {
  return Object.fromEntries(
    [...readFileSync(GUIDE, 'utf8').matchAll(FILE_OF_GUIDE)].map(([, path, text]) => [path!, text!]),
  );
}

/** A Tiptap on a stock provider, as Hocuspocus’s own guide has it. */
export function stockFiles(): Files {
  return Object.fromEntries(
    STOCK.map((path) => [path, readFileSync(new URL(`stock/${path}`, import.meta.url), 'utf8')]),
  );
}
