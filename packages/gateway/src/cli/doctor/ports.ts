import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Finding } from '../local.ts';

/**
 * What a driver or service found about a port, with what only the doctor knows: that the gateway itself holds it, or
 * which program does.
 */
export function judgePort(finding: Finding, { isRunning }: { isRunning: boolean }): Finding {
  const [, port] = / port (\d+)$/.exec(finding.subject) ?? [];
  if (port === undefined || finding.level !== 'problem') return finding;
  if (isRunning) return { ...finding, level: 'ok', detail: 'The running gateway listens there.' };
  const owner = ownerOf(Number(port));
  return owner === undefined ? finding : { ...finding, detail: `${finding.detail} It is held by ${owner}.` };
}

/** Program that listens on a TCP port, as far as this user may know: `nginx (process 812)`. Linux only. */
export function ownerOf(port: number): string | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listenersIn(table, port));
  if (inodes.length === 0) return undefined;
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const owner = names('/proc').find(
    (pid) => /^\d+$/.test(pid) && names(`/proc/${pid}/fd`).some((fd) => sockets.has(link(`/proc/${pid}/fd/${fd}`))),
  );
  return owner === undefined ? undefined : `${programOf(owner)} (process ${owner})`;
}

/** Its name alone: what follows on its command line may be secret. */
function programOf(pid: string): string {
  const [program = ''] = read(`/proc/${pid}/cmdline`).split('\u0000');
  return basename(program) || read(`/proc/${pid}/comm`).trim() || 'a program';
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
