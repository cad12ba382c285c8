import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient } from '../../src/north/api/client.ts';
import { root } from './pages.ts';

/** `busbar serve` as a user starts it, on free ports of this machine, in a folder of its own. */
export class ServedGateway {
  /** What it shows at its start. */
  readonly greeting: string;
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** `ws://127.0.0.1:12345/ocpp` */
  readonly ocppUrl: string;
  readonly key: string;
  readonly client: Client;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, greeting: string) {
    this.#child = child;
    this.greeting = greeting;
    this.ocppUrl = wordIn(greeting, /ws:\S+(?=\/<identity>)/);
    this.url = wordIn(greeting, /http:\S+(?=\/v1)/);
    this.key = wordIn(greeting, /bb_\S+/);
    this.client = createClient({ url: this.url, apiKey: this.key });
  }

  static async start(folder: string, flags: readonly string[] = []): Promise<ServedGateway> {
    const ports = ['--host', '127.0.0.1', '--http-port', '0', '--ocpp-port', '0'];
    const child = spawn(join(root, 'packages/gateway/bin/busbar.cjs'), ['serve', ...ports, ...flags], {
      cwd: folder,
      env: environment(folder),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`busbar serve ended with ${String(code)}`);
    });
    return new ServedGateway(child, await Promise.race([greetingOf(child), ended]));
  }

  /** Writes down what it was started with, for the commands that read it. */
  async keepConfiguration(folder: string): Promise<void> {
    const section = (url: string) => ({ host: '127.0.0.1', port: Number(new URL(url).port) });
    const config = { south: { ocpp: section(this.ocppUrl) }, north: { api: section(this.url) } };
    await writeFile(join(folder, 'busbar.yaml'), JSON.stringify(config));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}

/** Variables of a terminal in which nobody has set anything but what the pages say. */
export function environment(folder: string, gateway?: { url: string; key: string }): Record<string, string> {
  return {
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    NO_COLOR: '1',
    ...(gateway && { BUSBAR_URL: gateway.url, BUSBAR_API_KEY: gateway.key }),
  };
}

async function greetingOf({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += String(chunk);
    if (text.trimEnd().endsWith('BUSBAR_API_KEY.')) break;
  }
  return text;
}

function wordIn(text: string, pattern: RegExp): string {
  const [word] = pattern.exec(text) ?? [];
  if (word === undefined) throw new Error(`the greeting has no ${String(pattern)}:\n${text}`);
  return word;
}
