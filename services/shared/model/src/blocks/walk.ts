/**
 * The walk over a document's blocks that everything else reads by.
 *
 * It never writes, never throws and never recurses, whatever a peer has put into the fragment: what is not BlockNote's
 * `blockGroup → blockContainer → content [blockGroup]` is passed on as a block of its own, under a name made of its
 * place in Yjs.
 */
import * as Y from 'yjs';

export type Element = Y.XmlElement;

/** A block where it lies. */
export interface Place {
  id: string;
  /** What is deleted with the block: its blockContainer, or the stray element itself. */
  node: Element | Y.XmlText;
  /** The element that holds type, props and text; null in an empty container. */
  content: Element | null;
  /** Whether `node` is a blockContainer, so that the block can be edited. */
  contained: boolean;
  /** 1 for a block at the root. */
  depth: number;
}

export function isElement(value: unknown): value is Element {
  return value instanceof Y.XmlElement;
}

/** The blocks in the order in which they are read, each before its children. */
export function walkBlocks(fragment: Y.XmlFragment): Generator<Place> {
  return walkNodes(fragment.toArray(), 1);
}

/** The same for some nodes of a document, at a given depth. */
export function* walkNodes(nodes: unknown[], depth: number): Generator<Place> {
  const stack: { nodes: unknown[]; depth: number }[] = [];
  push(stack, nodes, depth);
  while (stack.length > 0) {
    const { nodes, depth } = stack.at(-1)!;
    const node = nodes.pop();
    if (nodes.length === 0) stack.pop();
    if (node instanceof Y.XmlText) {
      if (node.length > 0) yield { id: strayId(node), node, content: null, contained: false, depth };
    } else if (isElement(node)) {
      const children = node.toArray();
      if (node.nodeName === 'blockGroup') {
        push(stack, children, depth);
      } else if (node.nodeName === 'blockContainer') {
        const [content, ...strays] = children.filter((child) => isElement(child) && child.nodeName !== 'blockGroup');
        const id = attributeOf(node, 'id');
        const named = typeof id === 'string' && id !== '';
        yield { id: named ? id : strayId(node), node, content: (content as Element) ?? null, contained: true, depth };
        push(stack, strays, depth);
        push(stack, children.filter(isGroup), depth + 1);
      } else {
        yield { id: strayId(node), node, content: node, contained: false, depth };
      }
    }
  }
}

/** An attribute's value; Yjs's types say string, but BlockNote keeps numbers and booleans, and a peer anything. */
export function attributeOf(element: Element, name: string): unknown {
  return element.getAttribute(name);
}

export function setAttribute(element: Element, name: string, value: string | number | boolean): void {
  element.setAttribute(name, value as string);
}

/** The group that holds a block's children, if it has one. */
export function childGroup(place: { node: Element | Y.XmlText }): Element | null {
  return isElement(place.node) ? ((place.node.toArray().find(isGroup) as Element | undefined) ?? null) : null;
}

function isGroup(node: unknown): boolean {
  return isElement(node) && node.nodeName === 'blockGroup';
}

function push(stack: { nodes: unknown[]; depth: number }[], nodes: unknown[], depth: number): void {
  if (nodes.length > 0) stack.push({ nodes: nodes.toReversed(), depth });
}

function strayId(node: Element | Y.XmlText): string {
  const id = node._item?.id;
  return id ? `y${id.client}-${id.clock}` : 'y';
}
