import { WebSocket } from 'ws';

/** A WebSocket with nothing of OCPP in it: sends what it is given and keeps what comes. */
export class OcppSocket {
  readonly socket: WebSocket;
  readonly frames: unknown[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  /** The HTTP response when the handshake was refused, else undefined. */
  readonly opened: Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> } | undefined>;
  readonly #watchers = new Set<() => void>();

  constructor(url: string, protocols: string | string[] = 'ocpp1.6', options: object = {}) {
    this.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      for (const watcher of this.#watchers) watcher();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', () => resolve(undefined));
      this.socket.on('error', reject);
      this.socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
      });
    });
    this.opened.catch(() => {});
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The frame that satisfies `accepts`, now or as soon as it comes. */
  async frame(accepts: (frame: unknown[]) => boolean): Promise<unknown[]> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.frames.find((frame): frame is unknown[] => Array.isArray(frame) && accepts(frame));
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`no such frame among ${JSON.stringify(this.frames)}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 1000);
      this.#watchers.add(resolve);
      await promise;
      this.#watchers.delete(resolve);
      clearTimeout(timer);
    }
  }

  /** Sends a CALL and resolves with its answer. */
  call(id: string, action: string, payload: object): Promise<unknown[]> {
    this.send([2, id, action, payload]);
    return this.answerTo(id);
  }

  answerTo(id: string): Promise<unknown[]> {
    return this.frame((frame) => (frame[0] === 3 || frame[0] === 4) && frame[1] === id);
  }

  /** The next CALL of an action. */
  request(action: string): Promise<unknown[]> {
    return this.frame((frame) => frame[0] === 2 && frame[2] === action);
  }

  /** What the gateway has sent of its own accord, after a round trip that shows it had the time to. */
  async callNothing(): Promise<unknown[]> {
    const pong = new Promise((resolve) => this.socket.once('pong', resolve));
    this.socket.ping();
    await pong;
    return this.frames.filter((frame) => Array.isArray(frame) && frame[0] === 2);
  }

  async end(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}
