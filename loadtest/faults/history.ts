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

/** What was done to one document since it began, in no particular order. */
export class History {
  readonly writes: Write[] = [];

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
