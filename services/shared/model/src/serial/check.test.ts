import type { CommandResult, PlanChange, Refusal, Verb } from '@syncline/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { KIND_MODELS } from '../kinds.ts';
import { KIND_READERS } from '../kind-readers.ts';
import { execute } from '../execute.ts';
import { contradictions } from './check.ts';
import type { Asked, History, Sending } from './history.ts';

const CREATE: Verb = {
  verb: 'plan.create',
  args: { title: 'Plan', steps: [{ title: 'one' }, { title: 'two' }], blocks: [paragraph('the sky is red')] },
};

/** A history as a sound cluster leaves it; tests then falsify it. */
let history: History;
let document: Y.Doc;
let now: number;
beforeEach(() => {
  history = { kind: 'plan', rows: [], kept: [], asked: [] };
  document = new Y.Doc();
  Y.applyUpdate(document, KIND_MODELS.plan.seed);
  now = 0;
  send('create', CREATE);
});

describe('a history that some serial order explains', () => {
  it('is found sound: edits, ticks, refusals, conditional writes, a command that is sent again', () => {
    send('tick', tick(0));
    send('red', quoted('red', 'blue'));
    send('gone', quoted('red', 'green'));
    send('conditional', { verb: 'document.edit', args: { ...quoted('blue', 'red').args, base_rev: 3 } });
    send('stale', { verb: 'document.edit', args: { ...quoted('red', 'blue').args, base_rev: 3 } });
    send('added', update({ op: 'add_step', title: 'three' }, { op: 'edit_step', step: step(1), done: true }));
    const { sendings } = send('removed', update({ op: 'remove_step', step: step(0) }));
    sendings.unshift({ began: sendings[0]!.began, ended: Infinity, reply: null, copied: false });
    const refused = history.asked.filter(({ sendings }) => !sendings.at(-1)!.reply!.ok);
    expect(refused.map(({ id }) => id)).toEqual(['gone', 'stale']);
    expect(check()).toEqual([]);
  });

  it('is found sound when commands of the same time were carried out in another order than they were sent', () => {
    const late = send('red', quoted('red', 'blue'));
    const refused = send('no red any more', quoted('red', 'green'));
    refused.sendings[0]!.began = late.sendings[0]!.began - 1;
    expect(check()).toEqual([]);
  });

  it('is found sound where a person has written in between', () => {
    send('tick', tick(0));
    person((doc) => doc.getMap('metadata').set('title', 'Other'));
    send('red', quoted('red', 'blue'));
    expect(check()).toEqual([]);
  });
});

describe('planted', () => {
  it('[S9] a result that no order explains is found', () => {
    const { sendings } = send('tick', tick(0));
    const result = { changed: [step(1)] };
    history.kept.at(-1)!.result = result;
    sendings[0]!.reply = { ok: true, seq: 2, value: result };
    expect(check()).toMatchObject([/^S9: tick left/]);
  });

  it('[S9] an effect that its verb does not have on the rows before is found', () => {
    send('red', quoted('red', 'blue'));
    const before = copy();
    execute({ kind: 'plan', doc: before }, quoted('blue', 'green'), { random: Math.random });
    send('tick', tick(0));
    history.rows.at(-1)!.update = Y.encodeStateAsUpdate(before);
    expect(check()).toMatchObject([/^S9: tick left/]);
  });

  it('[S9] two edits that both replaced the same words are found', () => {
    const rival = copy();
    send('blue', quoted('red', 'blue'));
    const { changed } = execute({ kind: 'plan', doc: rival }, quoted('red', 'green'), { random: Math.random });
    take('green', quoted('red', 'green'), Y.encodeStateAsUpdate(rival), { changed });
    expect(check()).toMatchObject([/^S9: green took effect at 3, where it is to be refused: conflict/]);
  });

  it('[S10] a doubled command is found, whether it is kept twice or only its row is there twice', () => {
    send('add', update({ op: 'add_step', title: 'three' }));
    const again = copy();
    execute({ kind: 'plan', doc: again }, update({ op: 'add_step', title: 'three' }), { random: Math.random });
    history.rows.push({ seq: 3, update: Y.encodeStateAsUpdate(again), actor: 'agent:a' });
    expect(check()).toEqual(['S10: row 3 of agent:a is that of 0 commands']);
    history.kept.push({ ...history.kept.at(-1)!, seq: 3 });
    expect(check()).toContain('S10: add took effect 2 times');
  });

  it('[S10] a second answer that differs from the first is found', () => {
    const { sendings } = send('tick', tick(0));
    sendings.push({ ...sendings[0]!, reply: { ok: true, seq: 3, value: { changed: [] } } });
    expect(check()).toMatchObject([/^S10: tick was answered/]);
  });

  it('[S10] a command that is refused because of its own effect is found', () => {
    const { sendings } = send('red', quoted('red', 'blue'));
    const refused = send('other', quoted('red', 'blue'));
    sendings.push(refused.sendings[0]!);
    history.asked.pop();
    expect(check()).toMatchObject([/^S28: red was refused with/]);
  });

  it('[S9] a conditional write that succeeded on a moved head is found', () => {
    send('tick', tick(0));
    const { verb } = send('red', quoted('red', 'blue'));
    Object.assign(verb.args, { base_rev: 1 });
    expect(check()).toEqual(['S9: red took effect at 3, where it is to be refused: stale_revision']);
  });

  it('[S28] a stale refusal is found: its words were there before it was asked for', () => {
    const refused = send('blue', quoted('blue', 'green'));
    expect(check()).toEqual([]);
    send('red', quoted('red', 'blue'));
    refused.sendings[0]!.began = now + 1;
    refused.sendings[0]!.ended = now + 2;
    expect(check()).toMatchObject([/^S28: blue was refused .* which no row from 2 to 2 explains/]);
  });

  it('[S28] a refusal of a later state than the one before it was told is found', () => {
    const first = send('first', quoted('blue', 'green'));
    send('red', quoted('red', 'blue'));
    const second = send('second', quoted('red', 'green'));
    // Both while the row came: the one that was answered first has seen it, the one after it has not.
    const row = history.asked.find(({ id }) => id === 'red')!.sendings[0]!;
    [row.began, row.ended] = [0, 100];
    Object.assign(second.sendings[0]!, { began: 10, ended: 11 });
    Object.assign(first.sendings[0]!, { began: 20, ended: 21 });
    expect(check()).toMatchObject([/^S28: first was refused/]);
  });

  it('[S28] a refused precondition that names a revision which never was the head is found', () => {
    send('stale', { verb: 'document.edit', args: { ...quoted('red', 'blue').args, base_rev: 0 } });
    const { reply } = history.asked.at(-1)!.sendings[0]!;
    if (reply?.ok === false) reply.error.extra['revision'] = 7;
    expect(check()).toMatchObject([/^S28: stale was refused/]);
  });

  it('[S11] a command that was refused and took effect is found, unless a copy of it was still under way', () => {
    const { sendings } = send('red', quoted('red', 'blue'));
    const reply = { ok: false, error: { code: 'conflict', detail: '', extra: {} } } as const;
    sendings[0]!.reply = reply;
    expect(check()).toContainEqual(expect.stringMatching(/^S11: red was refused, and took effect at 2/));
    sendings[0]!.copied = true;
    expect(check()).not.toContainEqual(expect.stringMatching(/^S11/));
  });

  it('[S28] rows in another order than that of time are found', () => {
    const { sendings } = send('tick', tick(0));
    send('red', quoted('red', 'blue'));
    Object.assign(sendings[0]!, { began: now + 1, ended: now + 2 });
    expect(check()).toContain('S28: row 3 was answered before a row before it was asked for');
  });

  it('[J1] a missing row is found', () => {
    send('tick', tick(0));
    history.rows.splice(0, 1);
    expect(check()).toEqual(['J1: row 2 stands where row 1 should']);
  });

  it('[S9] an effect that nobody asked for is found', () => {
    send('tick', tick(0));
    history.asked.pop();
    expect(check()).toContain('S9: tick took effect at 2, and nobody sent it');
  });
});

function check(): string[] {
  return contradictions(history, Math.random);
}

/** Carries a command out, as a pod does, and is told what it gives. */
function send(id: string, verb: Verb): Asked {
  const scratch = copy();
  const { changed, refusal } = attempt(scratch, verb);
  if (!refusal) return take(id, verb, Y.encodeStateAsUpdate(scratch), { changed });
  return ask(id, verb, { ok: false, error: refusal });
}

function attempt(scratch: Y.Doc, verb: Verb) {
  const revision = history.rows.length;
  if ('base_rev' in verb.args && verb.args.base_rev !== revision && verb.args.base_rev !== undefined)
    return { changed: [], refusal: { code: 'stale_revision' as const, detail: '', extra: { revision } } };
  try {
    return { changed: execute({ kind: 'plan', doc: scratch }, verb, { random: Math.random }).changed, refusal: null };
  } catch (error) {
    return { changed: [], refusal: (error as Refusal).toBody() };
  }
}

function take(id: string, verb: Verb, update: Uint8Array, result: CommandResult): Asked {
  Y.applyUpdate(document, update);
  const seq = history.rows.push({ seq: history.rows.length + 1, update, actor: 'agent:a' });
  history.kept.push({ id, seq, result });
  return ask(id, verb, { ok: true, seq, value: result });
}

function ask(id: string, verb: Verb, reply: Sending['reply']): Asked {
  const asked = {
    id,
    actor: 'agent:a',
    verb,
    sendings: [{ began: (now += 2), ended: (now += 2), reply, copied: false }],
  };
  history.asked.push(asked);
  return asked;
}

function person(write: (doc: Y.Doc) => void): void {
  const theirs = copy();
  write(theirs);
  const update = Y.encodeStateAsUpdate(theirs);
  Y.applyUpdate(document, update);
  history.rows.push({ seq: history.rows.length + 1, update, actor: 'person:p' });
}

function copy(): Y.Doc {
  const made = new Y.Doc();
  Y.applyUpdate(made, Y.encodeStateAsUpdate(document));
  return made;
}

function step(index: number): string {
  return KIND_READERS.plan.read(document).steps[index]!.id;
}

function tick(index: number): Verb {
  return update({ op: 'edit_step', step: step(index), done: true });
}

function update(...changes: PlanChange[]): Verb {
  return { verb: 'plan.update', args: { changes } };
}

function quoted(quote: string, text: string) {
  const edit = { op: 'replace_text' as const, quote, quoteRuns: [run(quote)], replacement: [run(text)] };
  return { verb: 'document.edit' as const, args: { edits: [edit] } };
}

function run(text: string) {
  return { text, marks: {} };
}

function paragraph(text: string) {
  return { type: 'paragraph' as const, props: {}, content: [run(text)], children: [] };
}
