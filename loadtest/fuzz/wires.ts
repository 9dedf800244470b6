import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeFrame } from '@syncline/protocol';
import type { Chance } from '../../services/sync/sim/random.ts';
import { until } from '@syncline/runtime/testing';
import { mangle, mangleJson, noise } from './mangle.ts';
import type { Tally } from './tally.ts';

/** How long the first answer may take: the machine is as busy as the fuzz makes it. */
const PATIENCE_MS = 60_000;

/** Bytes that are no protocol at all, or the beginning of one, at every port that is open to the outside. */
export async function fuzzPorts(options: {
  urls: string[];
  inputs: number;
  chance: Chance;
  tally: Tally;
}): Promise<void> {
  const { urls, inputs, chance, tally } = options;
  for (let n = 0; n < inputs; n++) {
    const socket = await open(chance.pick(urls));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer ||= chunk.toString('latin1')));
    socket.end(portNoise(chance));
    await Promise.race([once(socket, 'close'), pause(2_000)]);
    socket.destroy();
    const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? (answer ? 'other bytes' : 'closed');
    tally.add('TCP: noise at a port', status, status.startsWith('5') ? answer.slice(0, 200) : undefined);
  }
}

function portNoise(chance: Chance): Uint8Array {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const upgrade = `GET /sync/plan:x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;
  const right = Buffer.from(
    chance.pick([
      upgrade,
      upgrade.replace('plan:x', '%00../'),
      upgrade.replace('13', '99'),
      upgrade.replace(key, ''),
      'GET /v1/documents HTTP/1.1\r\nHost: localhost\r\n\r\n',
    ]),
  );
  return chance.pick([
    () => noise(chance, 1 + chance.int(400)),
    () => mangle(right, chance),
    // Behind an upgrade come frames, which these are not.
    () => Buffer.concat([right, noise(chance, 1 + chance.int(400))]),
    () => right,
  ])();
}

/** What a neighbour with access to NATS could send to the pods' subjects. */
export async function fuzzNats(options: {
  url: string;
  installation: string;
  document: string;
  inputs: number;
  chance: Chance;
  tally: Tally;
}): Promise<void> {
  const { url, installation, document, inputs, chance, tally } = options;
  const socket = await open(url);
  let replied = false;
  socket.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (text.includes('PING\r\n')) socket.write('PONG\r\n');
    replied ||= /(^|\n)H?MSG _INBOX/.test(text);
  });
  socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB _INBOX.fuzz 1\r\n');
  for (let n = 0; n < inputs; n++) {
    const subject = chance.pick([`syncline.${installation}.open`, `syncline.${installation}.doc.${document}`]);
    const data = natsNoise(chance);
    const reply = chance.hits(0.8) ? ' _INBOX.fuzz' : '';
    const headers = Buffer.from(
      `NATS/1.0\r\nSyncline-Part: ${chance.pick(['1/2', '2/2', '0/0', '1/999999', '-1', 'x', '999999/999999'])}\r\n\r\n`,
    );
    socket.write(
      chance.hits(0.2)
        ? Buffer.concat([
            Buffer.from(`HPUB ${subject}${reply} ${headers.length} ${headers.length + data.length}\r\n`),
            headers,
            data,
            CRLF,
          ])
        : Buffer.concat([Buffer.from(`PUB ${subject}${reply} ${data.length}\r\n`), data, CRLF]),
    );
    tally.add('NATS: noise on the pods’ subjects', 'sent');
    if (n % 50 === 49) await pause(20);
  }
  const unheard = () => tally.violate('NATS: nothing that was sent got a reply');
  if (inputs >= 20) await until(() => replied, PATIENCE_MS).catch(unheard);
  socket.destroy();
}

const CRLF = Buffer.from('\r\n');
const READ = {
  type: 'read',
  document: { workspace: 'default', kind: 'plan', id: 'fuzz' },
  principal: { type: 'agent', id: 'a', name: 'A' },
  at_least: 0,
};
const COMMAND = {
  ...READ,
  type: 'command',
  command: { id: 'fuzz', verb: { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'x' }] } } },
};

function natsNoise(chance: Chance): Buffer {
  if (chance.hits(0.3)) return Buffer.from(noise(chance, chance.int(300)));
  return Buffer.from(mangleJson(chance.pick([READ, COMMAND]), chance));
}

/** What a neighbour with access to Redis could publish on the channel of a document that people work in. */
export async function fuzzRedis(options: {
  url: string;
  installation: string;
  document: string;
  inputs: number;
  chance: Chance;
  tally: Tally;
}): Promise<void> {
  const { url, installation, document, inputs, chance, tally } = options;
  const socket = await open(url);
  let heard = false;
  socket.on('data', (chunk: Buffer) => (heard ||= /:[1-9]\d*\r\n/.test(chunk.toString('latin1'))));
  for (let n = 0; n < inputs; n++) {
    const channel = Buffer.from(`syncline:${installation}:${document}`);
    const message = redisNoise(chance);
    const parts = [Buffer.from('PUBLISH'), channel, message].flatMap((part) => [
      Buffer.from(`$${part.length}\r\n`),
      part,
      CRLF,
    ]);
    socket.write(Buffer.concat([Buffer.from('*3\r\n'), ...parts]));
    tally.add('Redis: noise on a document’s channel', 'sent');
    if (n % 50 === 49) await pause(20);
  }
  const unheard = () => tally.violate('Redis: no pod heard what was published');
  if (inputs >= 20) await until(() => heard, PATIENCE_MS).catch(unheard);
  socket.destroy();
}

/** Rows come under numbers that lie far ahead: those that are due could only be told from real ones by a signature. */
function redisNoise(chance: Chance): Buffer {
  const rows = Array.from({ length: 1 + chance.int(3) }, () => ({
    actor: 'x',
    update: noise(chance, 40),
  }));
  const frame = chance.pick([
    () => encodeFrame({ type: 'edit:v2', pod: 'neighbour', seq: 1e9 + chance.int(1e9), nonce: 1, previous: 1, rows }),
    () =>
      encodeFrame({
        type: 'awareness:v1',
        pod: 'neighbour',
        update: noise(chance, chance.int(60)),
        removed: [chance.int(1e9)],
      }),
    () => encodeFrame({ type: 'awareness-query:v1', pod: 'neighbour' }),
  ])();
  const id = Buffer.from('neighbour');
  const whole = Buffer.concat([Buffer.of(1, id.length), id, frame]);
  return chance.pick([
    () => whole,
    () => Buffer.from(mangle(whole, chance)),
    () => Buffer.from(noise(chance, chance.int(100))),
  ])();
}

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
