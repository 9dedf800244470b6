// The least that can carry edits: frames go to everybody else on the same path. It keeps nothing, so whoever comes later
// gets nothing; the handshake is answered as an empty document's would be, and edits are not acknowledged.
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

const SYNC = 0;
const AUTH = 2;
const STEP_1 = 0;
const UPDATE = 2;
/** A permission message that says "read-write". */
const AUTHENTICATED = Buffer.from([AUTH, 2, 10, ...Buffer.from('read-write')]);
/** SyncStep2 with an update that holds nothing. */
const NOTHING = Buffer.from([SYNC, 1, 2, 0, 0]);

const { PORT = '0' } = process.env;
const http = createServer((_request, response) => response.end('relay'));
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
const rooms = new Map<string, Set<WebSocket>>();

sockets.on('connection', (socket, request) => {
  const path = request.url ?? '';
  const room = rooms.get(path) ?? new Set();
  rooms.set(path, room.add(socket));
  socket.on('close', () => room.delete(socket));
  socket.on('message', (data) => {
    const frame = data as Buffer;
    // The document's name comes first; names are shorter than 128 bytes, so their length is one byte.
    const body = 1 + frame[0]!;
    const [type, kind] = [frame[body], frame[body + 1]];
    if (type === SYNC && kind === UPDATE) {
      for (const other of room) if (other !== socket) other.send(frame);
    } else if (type === AUTH) socket.send(Buffer.concat([frame.subarray(0, body), AUTHENTICATED]));
    else if (type === SYNC && kind === STEP_1) socket.send(Buffer.concat([frame.subarray(0, body), NOTHING]));
  });
});
http.listen(Number(PORT), '127.0.0.1', 1024);
