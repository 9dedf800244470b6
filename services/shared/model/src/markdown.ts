/**
 * Documents as Markdown: the registry of what each kind is shown as, and what texts of any kind need. Free of yjs, for it
 * is all of the model that the gateway imports.
 */
import type { DataOf, DocumentData, Kind } from '@syncline/protocol';
import { renderDoc } from './doc/markdown.ts';
import { renderPlan } from './plan/markdown.ts';

export { parseBlocks, parseInline, renderBlocks } from './markdown/index.ts';

type Render<K extends Kind> = (data: DataOf<K>, options?: RenderOptions) => string;

export interface RenderOptions {
  /** false for people: without the ids and anchors that commands take. */
  addressable?: boolean;
}

const RENDERERS: { [K in Kind]: Render<K> } = { plan: renderPlan, doc: renderDoc };

/** A document as Markdown. */
export function renderDocument(data: DocumentData, options?: RenderOptions): string {
  const render = RENDERERS[data.kind] as (data: DocumentData, options?: RenderOptions) => string;
  return render(data, options);
}
