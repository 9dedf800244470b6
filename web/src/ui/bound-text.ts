import { composition } from '@syncline/client';
import { readText, textOf } from '@syncline/model';
import type * as Y from 'yjs';
import { changeBetween, positionAfter } from './text-change.ts';

/** Where a text lies in a document. */
export interface TextPlace {
  map: Y.Map<unknown>;
  key: string;
}

export interface BoundTextDeps {
  field: HTMLTextAreaElement;
  place: TextPlace;
  /** Of the transactions that write what is typed. */
  origin: unknown;
  isMultiline: boolean;
  /** Called with what the field shows, each time that changes. */
  onShown: (text: string) => void;
}

/**
 * A field that shows a text of a document. What is typed is in the document before the event of the keystroke is over;
 * what others type is in the field at once, and the caret stays at its words. What an input method has not settled on is
 * written when it has, or before others' changes come in ({@link composition}).
 *
 * Must hold: `#agreed` is what the text says, and what the field showed when they last were the same.
 */
export class BoundText {
  readonly #deps: BoundTextDeps;
  readonly #ending = new AbortController();
  #agreed: string;

  constructor(deps: BoundTextDeps) {
    this.#deps = deps;
    const { field, place } = deps;
    this.#agreed = this.#read();
    field.value = this.#agreed;
    deps.onShown(field.value);
    const { signal } = this.#ending;
    field.addEventListener('input', (event) => this.#onInput(event as InputEvent), { signal });
    field.addEventListener('compositionend', () => this.write(), { signal });
    field.addEventListener('blur', () => this.write(), { signal });
    // Before those who say last words.
    for (const type of ['pagehide', 'visibilitychange'])
      window.addEventListener(type, () => this.write(), { signal, capture: true });
    const stopListening = composition.beforeChanges(() => this.write());
    const onChange = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => this.#onChange(events);
    place.map.observeDeep(onChange);
    signal.addEventListener('abort', () => {
      stopListening();
      place.map.unobserveDeep(onChange);
    });
  }

  /** Writes what the field shows into the text. */
  write(): void {
    const { field, place, origin } = this.#deps;
    const shown = this.#shown();
    if (shown === this.#agreed || field.readOnly) return;
    const { at, removed, inserted } = changeBetween(this.#agreed, shown, field.selectionEnd);
    // A text that is yet to be made is made apart, so that undo does not unmake it.
    const text = textOf(place.map, place.key);
    this.#agreed = shown;
    place.map.doc?.transact(() => {
      text.delete(at, removed);
      text.insert(at, inserted);
    }, origin);
  }

  end(): void {
    this.write();
    this.#ending.abort();
  }

  #onInput({ isComposing }: InputEvent): void {
    this.#deps.onShown(this.#shown());
    if (!isComposing) this.write();
  }

  #onChange(events: Y.YEvent<Y.AbstractType<unknown>>[]): void {
    const { field, onShown } = this.#deps;
    const text = this.#read();
    if (text === this.#agreed) return;
    const { map, key } = this.#deps.place;
    const delta = events.find(({ target }) => target === map.get(key))?.delta;
    const caret = [field.selectionStart, field.selectionEnd] as const;
    this.#agreed = text;
    field.value = text;
    onShown(text);
    if (document.activeElement !== field) return;
    const [start, end] = caret.map((at) => (delta ? positionAfter(delta, at) : Math.min(at, text.length)));
    field.setSelectionRange(start!, end!);
  }

  #read(): string {
    const { place, isMultiline } = this.#deps;
    const text = readText(place.map, place.key);
    // Of the same length, so that positions in the field are those in the text.
    return isMultiline ? text : text.replaceAll(/[\r\n]/g, ' ');
  }

  #shown(): string {
    const { field, isMultiline } = this.#deps;
    return isMultiline ? field.value : field.value.replaceAll('\n', ' ');
  }
}
