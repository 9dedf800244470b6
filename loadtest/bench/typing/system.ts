import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNode } from '../../processes.ts';

/** The whole system of one tree, in one process, with its own web app and documents. */
export interface TypingSystem {
  /** Makes a plan of so many paragraphs. @returns its page's address */
  createPlan(blocks: number): Promise<string>;
  stop(): Promise<void>;
}

/** @param root of the tree whose code it runs, where its web app has been built */
export async function startSystem(root: string): Promise<TypingSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-typing-'));
  const server = await startNode({
    script: join(root, 'services/standalone/src/main.ts'),
    env: { ADMIN_PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'error' },
    readyPath: '/readyz',
  });
  const url = `http://localhost:${server.port}`;
  return {
    async createPlan(blocks) {
      const sentence = 'says in a sentence or two what is to be done, by whom, and what for.';
      const markdown = Array.from({ length: blocks }, (_, n) => `Paragraph ${n} ${sentence}`).join('\n\n');
      const answer = await fetch(`${url}/v1/documents`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-agent': 'bench' },
        body: JSON.stringify({ kind: 'plan', title: 'Typing', markdown }),
      });
      const made = await answer.text();
      if (!answer.ok) throw new Error(`No plan could be made: ${answer.status} ${made}`);
      return `${url}/plan/${(JSON.parse(made) as { document: string }).document.slice('plan:'.length)}`;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
