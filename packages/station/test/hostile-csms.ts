import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

/** What a CSMS does with one attempt to connect. */
export type Behaviour =
  | { http: number; headers?: string }
  | { closes: number }
  | { terminates: 'at once' | 'after the handshake' }
  | { accepts: string }
  | { boots: true };

/** A CSMS that does to each attempt what comes next in its list; after the end, the last again. */
export interface HostileCsms {
  readonly url: string;
  readonly behaviours: Behaviour[];
  /** Authorization headers of the attempts so far. */
  readonly attempts: string[];
  /** Text frames that came in. */
  readonly frames: string[];
  /** Those that are open. */
  readonly sockets: WebSocket[];
  /** False: whoever wants TLS finds the socket closed. */
  takesTls: boolean;
  close(): Promise<void>;
}

/** With `tls`, it takes both ws: and wss: on its port. */
export async function openHostileCsms(behaviours: Behaviour[], tls?: ServerOptions): Promise<HostileCsms> {
  const attempts: string[] = [];
  const frames: string[] = [];
  const sockets: WebSocket[] = [];
  const sub = { protocol: 'ocpp1.6' };
  const upgrades = new WebSocketServer({ noServer: true, autoPong: true, handleProtocols: () => sub.protocol });
  const plain = createServer();
  const secure = tls && createSecureServer(tls);
  const state = { takesTls: true };
  const server = secure ? createSocketServer((socket) => sort(socket, { plain, secure, state })) : plain;
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
    attempts.push(request.headers.authorization ?? '');
    socket.on('error', () => {});
    if (!behaviour || ('terminates' in behaviour && behaviour.terminates === 'at once')) {
      socket.destroy();
      return;
    }
    if ('http' in behaviour) {
      socket.end(`HTTP/1.1 ${behaviour.http} No\r\n${behaviour.headers ?? ''}Content-Length: 0\r\n\r\n`);
      return;
    }
    sub.protocol = 'accepts' in behaviour ? behaviour.accepts : 'ocpp1.6';
    upgrades.handleUpgrade(request, socket, head, (client) => {
      sockets.push(client);
      client.on('error', () => {});
      client.on('message', (data: Buffer) => {
        frames.push(data.toString());
        if ('boots' in behaviour) answerBoot(client, data.toString());
      });
      client.on('close', () => sockets.splice(sockets.indexOf(client), 1));
      if ('closes' in behaviour) client.close(behaviour.closes);
      if ('terminates' in behaviour) client.terminate();
    });
  };
  plain.on('upgrade', onUpgrade);
  secure?.on('upgrade', onUpgrade);
  secure?.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${portOf(server.address())}/ocpp`,
    behaviours,
    attempts,
    frames,
    sockets,
    get takesTls() {
      return state.takesTls;
    },
    set takesTls(takes: boolean) {
      state.takesTls = takes;
    },
    async close() {
      for (const client of upgrades.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Sides {
  plain: { emit(event: 'connection', socket: Socket): boolean };
  secure: { emit(event: 'connection', socket: Socket): boolean };
  state: { takesTls: boolean };
}

/** The first byte of a TLS handshake is 22. */
function sort(socket: Socket, { plain, secure, state }: Sides): void {
  socket.on('error', () => {});
  socket.once('data', (first) => {
    socket.pause();
    const isTls = first[0] === 22;
    if (isTls && !state.takesTls) {
      socket.destroy();
      return;
    }
    socket.unshift(first);
    (isTls ? secure : plain).emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}

function answerBoot(client: WebSocket, text: string): void {
  const [, id, action]: unknown[] = JSON.parse(text);
  const answer =
    action === 'BootNotification'
      ? { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }
      : { currentTime: new Date().toISOString() };
  client.send(JSON.stringify([3, id, answer]));
}

export function portOf(address: AddressInfo | string | null): number {
  return address && typeof address === 'object' ? address.port : 0;
}
