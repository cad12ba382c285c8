import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A charging station reduced to its socket: frames in, frames out, no rules kept. */
export class RawStation {
  readonly socket: WebSocket;
  /** Calls of the gateway are answered by this. */
  answer: (action: string, payload: unknown) => unknown = () => ({});
  readonly #waiting = new Map<string, (frame: unknown[]) => void>();
  #nextId = 0;
  readonly #run = Math.random().toString(36).slice(2, 10);

  constructor(url: string, identity: string, subprotocol: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${url}/${encodeURIComponent(identity)}`, [subprotocol], {
      perMessageDeflate: false,
      headers,
    });
    this.socket.on('message', (data) => this.#receive(String(data)));
    this.socket.on('error', () => {});
  }

  async open(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    return this;
  }

  /** The payload of the CALLRESULT. Rejects on CALLERROR and when the socket closes. */
  call<T = Record<string, unknown>>(action: string, payload: unknown): Promise<T> {
    const id = `${this.#run}-${this.#nextId++}`;
    return new Promise((resolve, reject) => {
      const closed = () => reject(new Error(`closed before ${action} was answered`));
      this.socket.once('close', closed);
      this.#waiting.set(id, ([type, , ...rest]) => {
        this.socket.off('close', closed);
        if (type === 3) resolve(JSON.parse(JSON.stringify(rest[0])));
        else reject(new Error(`${String(rest[0])}: ${String(rest[1])}`));
      });
      this.socket.send(JSON.stringify([2, id, action, payload]));
    });
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  #receive(text: string): void {
    const frame: unknown = JSON.parse(text);
    if (!Array.isArray(frame)) return;
    if (frame[0] === 2) this.socket.send(JSON.stringify([3, frame[1], this.answer(String(frame[2]), frame[3])]));
    else {
      const settle = this.#waiting.get(String(frame[1]));
      this.#waiting.delete(String(frame[1]));
      settle?.(frame);
    }
  }
}

/** A 1.6 station that has connected and booted. */
export async function bootedStation16(url: string, identity: string): Promise<RawStation> {
  const station = await new RawStation(url, identity, 'ocpp1.6').open();
  await station.call('BootNotification', { chargePointVendor: 'Test', chargePointModel: 'One' });
  return station;
}
