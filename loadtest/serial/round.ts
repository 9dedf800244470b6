import { setTimeout as pause } from 'node:timers/promises';
import { HocuspocusProvider } from '@hocuspocus/provider';
import type { Database } from '@syncline/journal';
import { type Asked, contradictions, type History, type HistoryRow } from '@syncline/model/testing';
import { type CommandResult, DEFAULT_WORKSPACE } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';
import type { Cluster } from '../../k8s/local/cluster.ts';
import type { Chance } from '../../services/sync/sim/random.ts';
import { Agent } from './agent.ts';
import { type Board, createCommand, drawCommand, learn } from './mix.ts';

const AGENTS = 4;
const DOCUMENTS = 2;
const READ_WITHIN_MS = 120_000;

const ROWS = 'SELECT seq, update, actor FROM journal WHERE document = $1 ORDER BY seq';
const KEPT = 'SELECT id, seq, result FROM commands WHERE document = $1 AND seq <= $2';

/** What came of some commands. */
export interface Tally {
  commands: number;
  refused: number;
  /** Commands that were sent more than once. */
  sentAgain: number;
  /** Commands of which nobody learned what became of them. */
  unanswered: number;
}

export interface RoundDeps {
  cluster: Pick<Cluster, 'pods' | 'gateways'>;
  db: Database;
  chance: Chance;
  /** Tells this round's documents and agents from those of others. */
  name: string;
}

/**
 * Four agents send commands to the same two documents, which both pods hold; afterwards it is decided whether their
 * answers have a serial order. Documents of their own for each round keep the documents small.
 * @returns `found`: what contradicts every such order
 */
export async function runRound(deps: RoundDeps, commands: number): Promise<Tally & { found: string[] }> {
  const { cluster, chance, name } = deps;
  const boards = Array.from({ length: DOCUMENTS }, (_, n) => ({
    id: `${name}-${n + 1}`,
    revision: 0,
    steps: [],
    blocks: [],
  }));
  const asked = new Map<string, Asked[]>(boards.map(({ id }) => [id, []]));
  const holders = boards.flatMap(({ id }) => cluster.pods.map((pod) => hold(pod.url, id)));
  let left = commands;
  const work = async (index: number) => {
    const own = chance.fork(`agent ${index}`);
    const gateways = cluster.gateways.map(({ url }) => url);
    const agent = new Agent({ name: `${name}-agent-${index + 1}`, gateways, chance: own });
    for (const first of boards) if (left-- > 0) await ask(agent, first, own, asked.get(first.id)!);
    while (left-- > 0) {
      const board = own.pick(boards);
      await ask(agent, board, own, asked.get(board.id)!);
    }
  };
  try {
    await Promise.all(Array.from({ length: AGENTS }, (_, index) => work(index)));
  } finally {
    for (const holder of holders) holder.destroy();
  }
  const histories = await Promise.all([...asked].map(([id, all]) => historyOf(deps.db, id, all)));
  const found = histories.flatMap((history) => contradictions(history, chance.next));
  return { ...tally([...asked.values()].flat()), found };
}

async function ask(agent: Agent, board: Board, chance: Chance, asked: Asked[]): Promise<void> {
  const command = board.revision === 0 ? createCommand(board, chance) : drawCommand(board, chance);
  const made = await agent.ask(command);
  asked.push(made);
  for (const { reply } of made.sendings)
    if (reply?.ok) learn(board, command, { seq: reply.seq, ...(reply.value as CommandResult) });
}

/** Keeps a document open at a pod, so that commands for it go there as well. */
function hold(pod: string, id: string): HocuspocusProvider {
  const name = `plan:${id}`;
  const url = `${pod.replace('http', 'ws')}/sync/${name}`;
  return new HocuspocusProvider({ url, name, document: new Y.Doc(), token: 'person:holder' });
}

/** Rows first: a command that comes meanwhile is told by its row's number. */
async function historyOf(db: Database, id: string, asked: Asked[]): Promise<History> {
  const document = documentId({ workspace: DEFAULT_WORKSPACE, kind: 'plan', id });
  const rows = await patiently(() => db.query<HistoryRow>(ROWS, [document]));
  const kept = await patiently(() => db.query<History['kept'][number]>(KEPT, [document, rows.length]));
  return { kind: 'plan', rows, kept, asked };
}

/** Postgres may just have been killed. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (const deadline = performance.now() + READ_WITHIN_MS; ; await pause(100)) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

function tally(asked: readonly Asked[]): Tally {
  const replies = asked.map(({ sendings }) => sendings.flatMap(({ reply }) => reply ?? []));
  return {
    commands: asked.length,
    refused: replies.filter((all) => all.length > 0 && all.every(({ ok }) => !ok)).length,
    sentAgain: asked.filter(({ sendings }) => sendings.length > 1).length,
    unanswered: replies.filter((all) => all.length === 0).length,
  };
}
