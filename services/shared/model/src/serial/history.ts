import type { CommandResult, DocumentReply, Kind, Seq, Verb } from '@syncline/protocol';

/** What is known of one document: what was committed, and what those who sent commands were told. */
export interface History {
  kind: Kind;
  rows: HistoryRow[];
  /** Commands that took effect, as the journal keeps them. */
  kept: { id: string; seq: Seq; result: CommandResult }[];
  asked: Asked[];
}

export interface HistoryRow {
  seq: Seq;
  update: Uint8Array;
  actor: string;
  /** When it was committed, where somebody has seen it; otherwise that lies between its command's sending and answer. */
  at?: number;
}

/** A command, with each time that it was sent. */
export interface Asked {
  /** As the journal keeps it. */
  id: string;
  actor: string;
  verb: Verb;
  sendings: Sending[];
}

export interface Sending {
  began: number;
  /** Infinity when it was never answered. */
  ended: number;
  reply: DocumentReply | null;
  /** Whether a copy of it may still have been under way when it was answered. */
  copied: boolean;
}

/** From when to when a row may have been committed. */
export interface Span {
  earliest: number;
  latest: number;
}

/**
 * When each row may have been committed, by its own command alone. Rows of which nobody was told may have been there
 * at any time.
 */
export function spansOf({ rows, kept, asked }: History): Span[] {
  const commands = new Map(asked.map((command) => [command.id, command]));
  const bySeq = new Map(kept.map(({ id, seq }) => [seq, commands.get(id)]));
  return rows.map(({ seq, at }) => {
    if (at !== undefined) return { earliest: at, latest: at };
    const sendings = bySeq.get(seq)?.sendings ?? [];
    return {
      earliest: sendings.length ? Math.min(...sendings.map(({ began }) => began)) : -Infinity,
      latest: Math.min(...sendings.filter(({ reply }) => reply?.ok).map(({ ended }) => ended)),
    };
  });
}

/**
 * The same, by what is known of the rows before and after: none comes before one that has a lower number.
 * @returns for each row; its `earliest` is above its `latest` where rows are not in the order of time
 */
export function narrowed(spans: readonly Span[]): Span[] {
  let earliest = -Infinity;
  let latest = Infinity;
  const forward = spans.map((span) => (earliest = Math.max(earliest, span.earliest)));
  const backward = spans.toReversed().map((span) => (latest = Math.min(latest, span.latest)));
  return forward.map((earliest, index) => ({ earliest, latest: backward.at(-1 - index)! }));
}
