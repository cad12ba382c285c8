import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** A bare CSMS: accepts everything at once, keeps nothing. The port is its first argument. */

const heartbeatIntervalS = 300;
let transactions = 0;

const answers: Record<string, (isOld: boolean) => object> = {
  BootNotification: () => ({ status: 'Accepted', currentTime: now(), interval: heartbeatIntervalS }),
  Heartbeat: () => ({ currentTime: now() }),
  Authorize: (isOld) => (isOld ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } }),
  StartTransaction: () => ({ transactionId: (transactions += 1), idTagInfo: { status: 'Accepted' } }),
};

const server = new WebSocketServer({
  port: Number(process.argv[2] ?? 0),
  host: '127.0.0.1',
  backlog: 4096,
  perMessageDeflate: false,
  handleProtocols: (offered) => [...offered][0] ?? false,
});
server.on('connection', (socket) => socket.on('message', (data) => answer(socket, String(data))));
server.on('listening', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});

function answer(socket: WebSocket, text: string): void {
  const [kind, id, action] = JSON.parse(text);
  if (kind !== 2) return;
  const payload = answers[action]?.(socket.protocol === 'ocpp1.6') ?? {};
  socket.send(JSON.stringify([3, id, payload]));
}

function now(): string {
  return new Date().toISOString();
}
