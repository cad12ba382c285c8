import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A gateway in a process of its own, which can be killed and started again on the same ports and the same data. */
export class ChildGateway {
  readonly #data: string;
  readonly #httpPort: number;
  readonly #ocppPort: number;
  readonly #set: readonly string[];
  #child: ChildProcess | undefined;
  #key = '';

  private constructor(data: string, ports: [http: number, ocpp: number], set: readonly string[]) {
    this.#data = data;
    [this.#httpPort, this.#ocppPort] = ports;
    this.#set = set;
  }

  static async start(data: string, set: readonly string[] = []): Promise<ChildGateway> {
    const gateway = new ChildGateway(data, [await freePort(), await freePort()], set);
    onTestFinished(() => gateway.kill());
    await gateway.restart();
    return gateway;
  }

  get ocppUrl(): string {
    return `ws://127.0.0.1:${this.#ocppPort}/ocpp`;
  }

  async restart(): Promise<void> {
    const script = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));
    const args = [script, this.#data, `${this.#httpPort}`, `${this.#ocppPort}`, ...this.#set];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(([code]) => [`exit ${String(code)}`]),
    ]);
    if (!String(line).startsWith('{')) throw new Error(`the gateway did not start: ${String(line)}`);
    this.#key ||= JSON.parse(String(line)).key ?? '';
  }

  /** As a power cut does: no warning, nothing flushed. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** What it says to a load balancer. */
  async ready(): Promise<boolean> {
    return (await fetch(`http://127.0.0.1:${this.#httpPort}/readyz`)).ok;
  }

  async api<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#httpPort}/v1.1${path}`, {
      headers: { authorization: `Bearer ${this.#key}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${path}: ${text}`);
    return JSON.parse(text).result;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
