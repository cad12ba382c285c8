import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  close(): Promise<void>;
}

export async function openHostileCsms(behaviours: Behaviour[], server: Server = createServer()): Promise<HostileCsms> {
  const attempts: string[] = [];
  const frames: string[] = [];
  const sockets: WebSocket[] = [];
  const sub = { protocol: 'ocpp1.6' };
  const upgrades = new WebSocketServer({ noServer: true, autoPong: true, handleProtocols: () => sub.protocol });
  server.on('upgrade', (request, socket, head) => {
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
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${portOf(server.address())}/ocpp`,
    behaviours,
    attempts,
    frames,
    sockets,
    async close() {
      for (const client of upgrades.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
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
