/**
 * Keeps the reader from being kept busy: micromark takes more than linear time on texts made for it (M15).
 *
 * Two bounds hold by count, at any speed of the machine: how deep containers nest on a line, and how many characters of
 * emphasis one paragraph has. Whatever else may be slow is bounded by the time this thread works on it: a machine that is
 * busy with other things makes no text too slow.
 */
import { Refusal } from '@syncline/protocol';

/** Longer texts are refused. */
const MAX_LENGTH = 1_000_000;

/** How many `*`, `_` and `~` the reader may pair up in one paragraph. */
const MAX_EMPHASIS = 2000;

/** How long reading may take: several times what ordinary text takes, so that only texts made for it run into it. */
const BASE_MS = 1000;
const MS_PER_CHARACTER = 0.015;

const DEEP_LINE = /^[ \t]*(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){65}/m;

const EMPHASIS = ['*', '_', '~'];
const SPECIAL = [...EMPHASIS, '!', '[', ']', '<', '`'];

type Code = number | null;
type State = (code: Code) => State | undefined;
interface Effects {
  enter(type: string): unknown;
  exit(type: string): unknown;
  consume(code: Code): unknown;
}
interface Construct {
  add: 'before';
  tokenize(this: object, effects: Effects, ok: State, nok: State): State;
}

/** Constructs that never match, and refuse to go on when a bound is passed; made anew for each text. */
export interface Guard {
  document: { null: Construct };
  flow: { null: Construct };
  text: Record<number, Construct>;
}

/** @throws Refusal `too_large` or `invalid_request` for what can be told before reading */
export function createGuard(markdown: string): Guard {
  if (markdown.length > MAX_LENGTH)
    throw new Refusal('too_large', `markdown: it is longer than ${MAX_LENGTH} characters; send it in parts.`);
  if (DEEP_LINE.test(markdown)) throw new Refusal('invalid_request', 'markdown: its blocks nest too deep.');
  const limitMs = BASE_MS + markdown.length * MS_PER_CHARACTER;
  const [began, workedBefore] = [performance.now(), workedMs()];
  const emphasis = new WeakMap<object, number>();

  const checkTime = () => {
    // The clock costs less to ask, and no thread works longer than it says.
    if (performance.now() - began > limitMs && workedMs() - workedBefore > limitMs)
      throw new Refusal('invalid_request', 'markdown: reading it takes too long; send it in parts, or simplify it.');
  };
  const onTime: Construct = {
    add: 'before',
    tokenize: (_effects, _ok, nok) => (code) => {
      checkTime();
      return nok(code);
    },
  };
  const onEmphasis: Construct = {
    add: 'before',
    tokenize(effects, _ok, nok) {
      let count = emphasis.get(this) ?? 0;
      return (first) => {
        checkTime();
        effects.enter('guard');
        const run: State = (code) => {
          if (code === first) {
            if (++count > MAX_EMPHASIS)
              throw new Refusal('invalid_request', `markdown: a paragraph has more than ${MAX_EMPHASIS} of * _ ~.`);
            effects.consume(code);
            return run;
          }
          emphasis.set(this, count);
          effects.exit('guard');
          return nok(code);
        };
        return run(first);
      };
    },
  };
  return {
    document: { null: onTime },
    flow: { null: onTime },
    text: Object.fromEntries(
      SPECIAL.map((mark) => [mark.charCodeAt(0), EMPHASIS.includes(mark) ? onEmphasis : onTime]),
    ),
  };
}

function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
