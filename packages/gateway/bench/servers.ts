import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchToken } from './frames.ts';
import { delay } from './loops.ts';

export type ServerName = 'ws' | 'ocpp-rpc' | 'busbar';

/** A server under test: one process of its own, on 127.0.0.1. */
export interface Server {
  name: ServerName;
  pid: number;
  /** Without the identity: `ws://127.0.0.1:9000/ocpp` */
  url: string;
  /** SQLite file of a server that stores what it acknowledges. */
  database?: string;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  /** Where data folders are made; on a disk, not in memory. */
  workFolder: string;
  /** Folder for a CPU profile, written when the server stops. */
  profileFolder?: string | undefined;
}

export interface BusbarProcess {
  child: ChildProcess;
  pid: number;
  apiUrl: string;
  ocppUrl: string;
  data: string;
  /** From the start of the process to the first 200 of /readyz. */
  startMs: number;
  /** Everything it has printed so far. */
  output: () => string;
}

const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;
const pollMs = 4;
const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const launchers: Record<ServerName, (options: LaunchOptions) => Promise<Server>> = {
  ws: (options) => launchPeer('ws', 'peer-ws.ts', options),
  'ocpp-rpc': (options) => launchPeer('ocpp-rpc', 'peer-ocpp-rpc.ts', options),
  busbar: launchBusbar,
};

export function launch(name: ServerName, options: LaunchOptions): Promise<Server> {
  return launchers[name](options);
}

async function launchPeer(name: ServerName, file: string, { profileFolder }: LaunchOptions): Promise<Server> {
  const args = [...profileArgs(profileFolder), fileURLToPath(new URL(file, import.meta.url))];
  const child = keep(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`${name} ended (${code}) instead of listening.`)));
  });
  return { name, pid: pidOf(child), url: `ws://127.0.0.1:${port}`, stop: () => stop(child) };
}

async function launchBusbar(options: LaunchOptions): Promise<Server> {
  const { child, pid, apiUrl, ocppUrl, data, output } = await startBusbar(options);
  await putToken(apiUrl, output);
  const stopAndClean = async () => {
    await stop(child);
    await rm(data, { recursive: true, force: true });
  };
  return { name: 'busbar', pid, url: ocppUrl, database: join(data, 'busbar.db'), stop: stopAndClean };
}

/** Options of the gateway that the bench changes, and only these: limits that protect it from one busy address. */
const limitsOff = ['south.ocpp.messagesPerSecond=100000', 'south.ocpp.handshakesPerSecond=100000'];

/** Starts `busbar serve` on a fresh database, and waits until it is ready. */
export async function startBusbar({ workFolder, profileFolder }: LaunchOptions): Promise<BusbarProcess> {
  await mkdir(workFolder, { recursive: true });
  const data = await mkdtemp(join(workFolder, 'data-'));
  const [apiPort, ocppPort] = await freePorts();
  const settings = [
    ...limitsOff,
    'north.api.host=127.0.0.1',
    `north.api.port=${apiPort}`,
    'south.ocpp.host=127.0.0.1',
    `south.ocpp.port=${ocppPort}`,
    'heartbeatIntervalS=60',
    'log.level=warn',
  ];
  const launcher = fileURLToPath(new URL('../bin/busbar.cjs', import.meta.url));
  const flags = ['--data', data, '--unknown-stations', 'accept', ...settings.flatMap((setting) => ['--set', setting])];
  const startedAt = performance.now();
  const child = keep(
    spawn(process.execPath, [...profileArgs(profileFolder), launcher, 'serve', ...flags], {
      cwd: data,
      stdio: 'pipe',
    }),
  );
  let printed = '';
  const collect = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-20_000));
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  await ready(child, apiUrl, () => printed);
  const startMs = performance.now() - startedAt;
  return {
    child,
    pid: pidOf(child),
    apiUrl,
    ocppUrl: `ws://127.0.0.1:${ocppPort}/ocpp`,
    data,
    startMs,
    output: () => printed,
  };
}

/** SIGTERM, and SIGKILL when that does not help. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
  children.delete(child);
}

async function ready(child: ChildProcess, apiUrl: string, output: () => string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const status = await fetch(`${apiUrl}/readyz`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    await delay(pollMs);
  }
  child.kill('SIGKILL');
  throw new Error(`busbar serve did not become ready. It printed:\n${output()}`);
}

/** The stations' token must be known to the gateway, or it would refuse their transactions. */
async function putToken(apiUrl: string, output: () => string): Promise<void> {
  const key = /\bbb_[\w-]{43}/.exec(output())?.[0];
  if (key === undefined) throw new Error(`busbar serve printed no admin key. It printed:\n${output()}`);
  const response = await fetch(`${apiUrl}/v1.1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ physicalId: benchToken }),
  });
  if (!response.ok)
    throw new Error(`The gateway did not take the token (${response.status}): ${await response.text()}`);
}

function profileArgs(folder: string | undefined): string[] {
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function keep(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('The process could not be started.');
  return child.pid;
}

async function freePorts(): Promise<[number, number]> {
  const [first, second] = [createServer().listen(0, '127.0.0.1'), createServer().listen(0, '127.0.0.1')];
  await Promise.all([once(first, 'listening'), once(second, 'listening')]);
  const ports: [number, number] = [portOf(first.address()), portOf(second.address())];
  await Promise.all([first, second].map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
