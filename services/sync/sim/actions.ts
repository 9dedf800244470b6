import type { DocumentReply } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { editAsPerson, stepsOf } from './edits.ts';
import type { Sent } from './commands.ts';
import type { World } from './world.ts';

/** How long things happen, in milliseconds; after it the world heals. */
export const ACTIVE_MS = 6_000;

/** As often as someone who must know sends a command; after that, all is well again and it arrives. */
const INSISTENT = 60;

type Action = (world: World) => string;

/** Puts all that happens in this world into its clock. */
export function schedule(world: World): void {
  const { clock, chance, profile } = world;
  const drawn = chance.fork('schedule');
  if (profile.rewinds) for (let ms = 0; ms < ACTIVE_MS; ms += 250) clock.afterFor(world.me, ms, () => world.backUp());
  const actions = weighted(world);
  const at = Array.from({ length: profile.actions }, () => drawn.between(20, ACTIVE_MS)).sort((a, b) => a - b);
  for (const time of at) {
    const { name, run } = pickWeighted(actions, drawn.next());
    clock.afterFor(world.me, time, () => world.log.add(`* ${name}: ${run(world)}`));
  }
}

function weighted({ profile }: World): { name: string; weight: number; run: Action }[] {
  const { crashes, drains, partitions, cuts, stalls, rewinds } = profile;
  return [
    { name: 'edit', weight: 30, run: edit },
    { name: 'burst', weight: 6, run: burst },
    { name: 'command', weight: 20, run: command },
    { name: 'commands at once', weight: 4, run: rush },
    { name: 'again', weight: 5, run: again },
    { name: 'read', weight: 5, run: read },
    { name: 'come or go', weight: 7, run: comeOrGo },
    { name: 'move', weight: 5, run: move },
    { name: 'move while others write', weight: 4, run: moveAmongWriters },
    { name: 'crash', weight: crashes ? 4 : 0, run: crash },
    { name: 'drain', weight: drains ? 2 : 0, run: drain },
    { name: 'partition', weight: partitions ? 4 : 0, run: partition },
    { name: 'cut', weight: cuts ? 5 : 0, run: cut },
    { name: 'stall', weight: stalls ? 3 : 0, run: stall },
    { name: 'outage', weight: stalls ? 1 : 0, run: outage },
    { name: 'go back', weight: rewinds ? 6 : 0, run: (world) => world.goBack() },
  ];
}

function pickWeighted<T extends { weight: number }>(list: T[], drawn: number): T {
  let left = drawn * list.reduce((sum, { weight }) => sum + weight, 0);
  for (const entry of list) {
    left -= entry.weight;
    if (left < 0) return entry;
  }
  return list[0]!;
}

function edit(world: World): string {
  const ready = world.clients.filter(({ document }) => document.store.clients.size > 0);
  if (!ready.length) return 'nobody has a document yet';
  const client = world.chance.pick(ready);
  return `${client.label} ${editAsPerson(client.document, world.chance, `w${(world.words += 1)}`)}`;
}

function burst(world: World): string {
  return Array.from({ length: 2 + world.chance.int(6) }, () => edit(world)).join(', ');
}

function command(world: World): string {
  const ref = world.chance.pick(world.refs);
  const id = documentId(ref);
  const sent = world.commandMaker.make(ref, world.truth.head(id), stepsOf(world.truth.of(id).document));
  world.commands.push(sent);
  void send(world, sent, world.chance.hits(0.15) ? 1 : INSISTENT);
  // Two copies at once, as a client does that does not wait.
  if (world.chance.hits(0.15)) void send(world, sent, 1);
  return `${sent.id} ${sent.verb.verb} ${sent.writes}`;
}

function rush(world: World): string {
  return Array.from({ length: 2 + world.chance.int(3) }, () => command(world)).join(', ');
}

function again(world: World): string {
  const answered = world.commands.filter(({ sendings }) => sendings.some(({ reply }) => reply?.ok));
  if (!answered.length) return 'nothing was answered yet';
  const sent = world.chance.pick(answered);
  void send(world, sent, INSISTENT);
  return sent.id;
}

async function send(world: World, sent: Sent, tries: number): Promise<void> {
  const { ref, principal, id, verb } = sent;
  sent.underWay += 1;
  const request = { type: 'command', document: ref, asker: principal, command: { id, verb } } as const;
  const reply = await world.gateway.ask(request, tries, (sending) => sent.sendings.push(sending));
  sent.underWay -= 1;
  if (!reply && tries === INSISTENT) world.judge.note(`S10: ${id} is never answered`);
  world.log.add(`${id} is answered ${short(reply)}`);
  if (reply?.ok && world.chance.hits(0.3)) void readAfter(world, sent, reply.seq);
}

async function readAfter(world: World, { ref, principal }: Sent, at_least: number): Promise<void> {
  await world.gateway.ask({ type: 'read', document: ref, asker: principal, at_least }, 1);
}

function read(world: World): string {
  const document = world.chance.pick(world.refs);
  const principal = { type: 'agent', id: 'reader', name: 'Reader' } as const;
  void world.gateway.ask({ type: 'read', document, asker: principal }, 1);
  return document.id;
}

function comeOrGo(world: World): string {
  const client = world.chance.pick(world.clients);
  if (client.here) client.leave();
  else client.join();
  return `${client.label} ${client.here ? 'comes' : 'goes'}`;
}

function move(world: World): string {
  const client = world.chance.pick(world.clients);
  client.move();
  return client.label;
}

/** A document is loaded at one pod, very likely, while rows are committed at others. */
function moveAmongWriters(world: World): string {
  const { clock, chance, me } = world;
  for (let ms = 0; ms < 40; ms += chance.between(1, 10)) clock.afterFor(me, ms, () => void edit(world));
  return move(world);
}

function crash(world: World): string {
  const { chance, clock, me } = world;
  const node = chance.pick(world.nodes);
  const atOnce = chance.hits(0.4);
  if (atOnce) node.crash();
  else node.fuse = chance.int(25);
  clock.afterFor(me, chance.between(300, 2_500), () => node.start());
  return `${node.name} ${atOnce ? 'at once' : `after ${node.fuse} words`}`;
}

function drain(world: World): string {
  const node = world.chance.pick(world.nodes);
  node.drain();
  world.clock.afterFor(world.me, world.chance.between(500, 3_000), () => node.start());
  return node.name;
}

function partition(world: World): string {
  const { chance, clock, me, nodes } = world;
  const some = chance.hits(0.3) ? nodes : [chance.pick(nodes)];
  for (const { fanout } of some) {
    fanout?.disconnect();
    clock.afterFor(me, chance.between(100, 3_000), () => fanout?.reconnect());
  }
  return some.map(({ name }) => name).join(', ');
}

function cut(world: World): string {
  const client = world.chance.pick(world.clients);
  client.socket?.cut();
  return client.label;
}

function stall(world: World): string {
  const { chance, clock } = world;
  world.stalledUntil = clock.now() + chance.between(100, 2_500);
  return `until ${(world.stalledUntil / 1000).toFixed(2)}`;
}

function outage(world: World): string {
  const { chance, clock } = world;
  world.unreachableUntil = clock.now() + chance.between(100, 2_000);
  return `until ${(world.unreachableUntil / 1000).toFixed(2)}`;
}

function short(reply: DocumentReply | null): string {
  if (!reply) return 'by nobody';
  return reply.ok ? `at ${reply.seq}` : reply.error.code;
}
