import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Address, Finding } from '../local.ts';

/** Whether a server could listen there now. `owned`: the gateway of this configuration already does. */
export async function examinePort(name: string, { host, port }: Address, owned: boolean): Promise<Finding> {
  const subject = `${name} port ${port}`;
  if (owned) return { level: 'ok', subject, detail: 'The running gateway listens there.' };
  const code = await tryListen({ host, port });
  if (code === undefined) return { level: 'ok', subject, detail: `Free on ${host}.` };
  return { level: 'problem', subject, detail: troubles[code]?.({ host, port }) ?? `Cannot listen on ${host}: ${code}.` };
}

const troubles: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: ({ port }) => `Taken by ${ownerOf(port) ?? 'another program'}. Stop that, or choose another port.`,
  EACCES: ({ port }) => `This user may not listen on port ${port}. Choose one above 1023, or give the right to do so.`,
  EADDRNOTAVAIL: ({ host }) => `${host} is no address of this machine. Use 0.0.0.0, or one of its own.`,
  ENOTFOUND: ({ host }) => `The name ${host} is not known. Use an address.`,
};

async function tryListen({ host, port }: Address): Promise<string | undefined> {
  const server = createServer();
  try {
    return await new Promise<string | undefined>((resolve) => {
      server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
      server.listen({ host, port, exclusive: true }, () => resolve(undefined));
    });
  } finally {
    server.close();
  }
}

/** Program that listens on a TCP port, as far as this user may know: `nginx (process 812)`. Linux only. */
export function ownerOf(port: number): string | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listenersIn(table, port));
  if (inodes.length === 0) return undefined;
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const owner = names('/proc').find((pid) => /^\d+$/.test(pid) && names(`/proc/${pid}/fd`).some((fd) => sockets.has(link(`/proc/${pid}/fd/${fd}`))));
  return owner === undefined ? undefined : `${read(`/proc/${owner}/comm`).trim()} (process ${owner})`;
}

/** Inodes of the sockets that listen (state 0A) on a port. */
function listenersIn(table: string, port: number): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[1]?.endsWith(local) === true && cells[3] === '0A')
    .flatMap((cells) => cells[9] ?? []);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function names(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
