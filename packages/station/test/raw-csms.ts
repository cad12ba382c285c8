import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { portOf } from './hostile-csms.ts';

export interface RawCall {
  id: string;
  action: string;
  payload: Record<string, unknown>;
}

/** What a CSMS does instead of answering: a frame of its own, or nothing. */
export type Mood = (call: RawCall) => string | Uint8Array | undefined;

/** A CSMS that answers as it should, until it is told to do something else. It checks nothing. */
export interface RawCsms {
  readonly url: string;
  /** In order of arrival. */
  readonly calls: readonly RawCall[];
  /** Frames that are no CALL, as text. */
  readonly answers: readonly string[];
  /** Serial numbers of the certificates that stations have shown. */
  readonly shown: readonly string[];
  /** How many sockets were opened or refused. */
  readonly attempts: number;
  /** How often stations have asked whether it is there. */
  readonly pings: number;
  /** Undefined while it is sane. */
  mood: Mood | undefined;
  /** What happens to whoever dials: an HTTP status, a subprotocol, or nothing bad. */
  door: number | string | undefined;
  /** Answers that differ from what is usual, by action. */
  readonly usual: Map<string, object>;
  send(frame: string | Uint8Array): void;
  /** Sends a CALL and waits for what comes back for it. */
  ask(action: string, payload: unknown, id?: string): Promise<readonly unknown[]>;
  /** Closes with this code; 1006 is without a word. */
  hangUp(code: number): Promise<void>;
  close(): Promise<void>;
}

export async function openRawCsms(subprotocol: string, tls?: ServerOptions): Promise<RawCsms> {
  const server = tls ? createSecureServer(tls) : createServer();
  const upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => choice.protocol });
  const choice = { protocol: subprotocol, attempts: 0, pings: 0, asked: 0 };
  const calls: RawCall[] = [];
  const answers: string[] = [];
  const shown: string[] = [];
  const waiting = new Map<string, (frame: readonly unknown[]) => void>();
  const sockets: WebSocket[] = [];
  const csms: RawCsms = {
    url: '',
    calls,
    answers,
    shown,
    get attempts() {
      return choice.attempts;
    },
    get pings() {
      return choice.pings;
    },
    mood: undefined,
    door: undefined,
    usual: new Map(),
    send: (frame) => sockets.at(-1)?.send(frame, { binary: false }),
    ask(action, payload, id = `q${++choice.asked}`) {
      const answer = new Promise<readonly unknown[]>((resolve) => waiting.set(id, resolve));
      csms.send(JSON.stringify([2, id, action, payload]));
      return answer;
    },
    async hangUp(code) {
      const socket = sockets.at(-1);
      if (!socket) return;
      const closed = once(socket, 'close');
      if (code === 1006) socket.terminate();
      else socket.close(code);
      await closed;
    },
    async close() {
      for (const socket of upgrades.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('upgrade', (request, socket, head) => {
    choice.attempts++;
    if (socket instanceof TLSSocket) shown.push(socket.getPeerCertificate().serialNumber ?? '');
    socket.on('error', () => {});
    if (typeof csms.door === 'number') {
      socket.end(`HTTP/1.1 ${csms.door} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    choice.protocol = csms.door ?? subprotocol;
    upgrades.handleUpgrade(request, socket, head, (client) => {
      sockets.push(client);
      client.on('error', () => {});
      client.on('ping', () => choice.pings++);
      client.on('message', (data: Buffer) => take(client, JSON.parse(data.toString())));
    });
  });
  function take(client: WebSocket, frame: unknown[]): void {
    const [type, id, action, payload] = frame;
    if (type !== 2) {
      answers.push(JSON.stringify(frame));
      waiting.get(String(id))?.(frame);
      return;
    }
    const call = { id: String(id), action: String(action), payload: { ...(isObject(payload) && payload) } };
    calls.push(call);
    const usual = csms.usual.get(call.action) ?? usualAnswer(call.action, subprotocol);
    const answer = csms.mood ? csms.mood(call) : JSON.stringify([3, id, usual]);
    if (answer !== undefined) client.send(answer, { binary: false });
  }
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return Object.assign(csms, { url: `${tls ? 'wss' : 'ws'}://localhost:${portOf(server.address())}/ocpp` });
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function usualAnswer(action: string, subprotocol: string): object {
  const currentTime = new Date().toISOString();
  const accepted = { status: 'Accepted' };
  const answers: Record<string, object> = {
    BootNotification: { status: 'Accepted', currentTime, interval: 300 },
    Heartbeat: { currentTime },
    Authorize: subprotocol === 'ocpp1.6' ? { idTagInfo: accepted } : { idTokenInfo: accepted },
    StartTransaction: { transactionId: 4711, idTagInfo: accepted },
    DataTransfer: accepted,
    SignCertificate: accepted,
  };
  return answers[action] ?? {};
}
