import { Refusal } from '@syncline/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { MarkdownReader } from './reader.ts';

let reader: MarkdownReader;
const onTheThread = { smallCharacters: 0, timeLimitMs: 60_000 };
afterEach(() => reader.close());

describe('MarkdownReader', () => {
  it('reads the same on the thread as on its own', async () => {
    reader = new MarkdownReader();
    const blocks = '# A\n\n- **b**\n- [x] c';
    const small = await reader.read({ blocks });
    await reader.close();
    reader = new MarkdownReader(onTheThread);
    expect(await reader.read({ blocks })).toEqual(small);
    const edits = [{ op: 'append' as const, markdown: blocks }];
    expect(await reader.read({ edits })).toEqual([{ op: 'append', blocks: small }]);
  });

  it('passes refusals from the thread on', async () => {
    reader = new MarkdownReader(onTheThread);
    const edits = [{ op: 'append' as const, markdown: ' ' }];
    await expect(reader.read({ edits })).rejects.toThrow('edits[0].markdown');
    await expect(reader.read({ edits })).rejects.toBeInstanceOf(Refusal);
  });

  it('ends a text that takes too long without holding up the process, and goes on', async () => {
    // A thread alone takes seconds to start on a busy machine; the hostile text takes longer than all of them.
    reader = new MarkdownReader({ timeLimitMs: 6_000, maxWaiting: 2 });
    const started = performance.now();
    let longest = 0;
    let last = started;
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    const hostile = reader.read({ blocks: 'a\n\n'.repeat(230_000) });
    const next = reader.read({ blocks: 'word '.repeat(1000) });
    await expect(reader.read({ blocks: 'word '.repeat(1000) })).rejects.toThrow('Too many');
    await expect(hostile).rejects.toThrow('send it in parts');
    clearInterval(beat);
    expect(longest).toBeLessThan(3_000);
    expect(await next).toHaveLength(1);
  });
});
