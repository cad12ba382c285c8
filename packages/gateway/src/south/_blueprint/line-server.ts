import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Adapter } from '../../ports/adapter.ts';
import type { DriverContext } from '../../ports/south.ts';
import { LineStation } from './line-station.ts';

export interface LineOptions {
  host: string;
  port: number;
  answerTimeoutS: number;
}

/** Takes connections, and gives each a {@link LineStation}. */
export class LineServer implements Adapter {
  readonly #options: LineOptions;
  readonly #context: DriverContext;
  readonly #stations = new Set<LineStation>();
  #server: Server | undefined;

  constructor(options: LineOptions, context: DriverContext) {
    this.#options = options;
    this.#context = context;
  }

  get address(): string | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? `tcp://${address.address}:${address.port}` : undefined;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    server.listen(this.#options.port, this.#options.host);
    await once(server, 'listening');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    await Promise.all(Array.from(this.#stations, (station) => station.stop()));
    await closed;
  }

  #accept(socket: Socket): void {
    const station = new LineStation(socket, this.#options, this.#context);
    this.#stations.add(station);
    socket.once('close', () => this.#stations.delete(station));
  }
}
