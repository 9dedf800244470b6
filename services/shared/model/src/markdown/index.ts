export { parseInline } from './inline.ts';
export { parseBlocks } from './parse.ts';
export { renderBlocks } from './render.ts';
