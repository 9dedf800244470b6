/** What a person or an agent did to a document, and what it was told of it. */
export interface Write {
  by: string;
  how: 'edit' | 'command';
  /** A text that this write, and nothing else, puts into the document. */
  adds?: string;
  /** What an earlier write of the same author had added, and this one takes out. */
  removes?: string;
  /** `kept`: acknowledged, or answered with success. `unknown`: no answer came. */
  outcome: 'kept' | 'unknown';
  /** The revisions that a command was answered with, each time it was sent. */
  revisions?: Set<string>;
  /** The database may have lost that the command took effect: sent again, it may have another (decision 0006). */
  mayBeRepeated?: boolean;
}

/** A text that is nowhere else: how it came to be, and in which installation. */
const MARKER = /\([a-z]-([a-z]*)\d+\)/g;

/** @param how one letter */
export function markerOf(how: string, installation: string, number: number): string {
  return `(${how}-${installation}${number})`;
}

/** What was done to one document since it began, in no particular order. */
export class History {
  readonly writes: Write[] = [];
  /** Markers of this installation, and of others, that somebody here was shown by a read or as presence. */
  readonly shown = { own: new Set<string>(), foreign: new Set<string>() };
  readonly #installation: string;

  constructor(installation: string) {
    this.#installation = installation;
  }

  /** Notes whose markers somebody was shown. */
  note(text: string): void {
    for (const [marker, installation] of text.matchAll(MARKER))
      (installation === this.#installation ? this.shown.own : this.shown.foreign).add(marker);
  }

  add(write: Omit<Write, 'outcome'>): Write {
    const added: Write = { ...write, outcome: 'unknown' };
    this.writes.push(added);
    return added;
  }

  /** The database was replaced by an older one, and is there again. */
  failedOver(): void {
    for (const write of this.writes) if (write.how === 'command') write.mayBeRepeated = true;
  }

  kept(how: Write['how']): number {
    return this.writes.filter((write) => write.how === how && write.outcome === 'kept').length;
  }
}
