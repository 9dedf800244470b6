import { guardUndo, planRoots } from '@syncline/model';
import { useSyncExternalStore } from 'react';
import * as Y from 'yjs';

/** The origin of what this person does to title, status and steps; others' changes have another, and are never undone. */
export const OWN_CHANGE = Symbol('own change');

const MOMENT = 'syncline:moment';
/** What is typed without a longer pause is taken back at once, as in the text. */
const TYPING_PAUSE_MS = 500;
const EVENTS = ['stack-item-added', 'stack-item-updated', 'stack-item-popped', 'stack-cleared'] as const;

/**
 * Undo over the two parts of a plan, its fields and its text, as one history: each stack item is marked with the moment
 * it was made, and the youngest goes first. Only what this person did is in it.
 */
export class PlanUndo {
  #moment = 0;
  #version = 0;
  #fieldBegun = 0;
  readonly #fields: Y.UndoManager;
  #text: Y.UndoManager | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(doc: Y.Doc) {
    const { metadata, steps } = planRoots(doc);
    this.#fields = new Y.UndoManager([metadata, steps], {
      trackedOrigins: new Set([OWN_CHANGE]),
      captureTimeout: TYPING_PAUSE_MS,
    });
    this.#follow(this.#fields);
  }

  /** The editor brings its own undo manager once it is mounted. */
  attachText(manager: Y.UndoManager): () => void {
    this.#text = manager;
    this.#follow(manager);
    return () => {
      if (this.#text === manager) this.#text = null;
      this.#changed();
    };
  }

  get canUndo(): boolean {
    return this.#managers().some((manager) => manager.canUndo());
  }

  get canRedo(): boolean {
    return this.#managers().some((manager) => manager.canRedo());
  }

  undo(): void {
    youngest(this.#managers(), 'undoStack')?.undo();
    this.#changed();
  }

  redo(): void {
    youngest(this.#managers(), 'redoStack')?.redo();
    this.#changed();
  }

  /** What comes now is taken back by itself, and not with what came before. */
  separate(): void {
    this.#fields.stopCapturing();
  }

  /** The person comes into a field. */
  beginField(): void {
    this.separate();
    this.#fieldBegun = this.#moment;
  }

  /** Takes back all that the person did since they came into the field that they are in. */
  cancelField(): void {
    this.separate();
    while (momentOf(youngest(this.#managers(), 'undoStack')?.undoStack.at(-1)) > this.#fieldBegun) this.undo();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly version = (): number => this.#version;

  #managers(): Y.UndoManager[] {
    return this.#text ? [this.#fields, this.#text] : [this.#fields];
  }

  #follow(manager: Y.UndoManager): void {
    guardUndo(manager);
    for (const event of EVENTS) {
      manager.on(event, (change: { stackItem?: { meta: Map<unknown, unknown> } }) => {
        if (event !== 'stack-item-popped') change.stackItem?.meta.set(MOMENT, ++this.#moment);
        this.#changed();
      });
    }
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function youngest(managers: Y.UndoManager[], stack: 'undoStack' | 'redoStack'): Y.UndoManager | undefined {
  const moment = (manager: Y.UndoManager) => momentOf(manager[stack].at(-1));
  return managers.filter((manager) => manager[stack].length > 0).toSorted((a, b) => moment(b) - moment(a))[0];
}

function momentOf(item: { meta: Map<unknown, unknown> } | undefined): number {
  return (item?.meta.get(MOMENT) as number | undefined) ?? 0;
}

const histories = new WeakMap<Y.Doc, PlanUndo>();

/** The undo history of an open plan; it lives as long as the plan's doc. */
export function planUndoOf(doc: Y.Doc): PlanUndo {
  const undo = histories.get(doc) ?? new PlanUndo(doc);
  histories.set(doc, undo);
  return undo;
}

/** Draws anew when there is something else to undo. */
export function useUndoVersion(undo: PlanUndo): void {
  useSyncExternalStore(undo.subscribe, undo.version);
}
