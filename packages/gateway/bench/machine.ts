import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Machine } from './report.ts';

const tmpfsMagic = 0x01021994;
const syncs = 100;

/** What the numbers were taken on. */
export function machineOf(workFolder: string): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGiB: totalmem() / 1024 ** 3,
    system: `${type()} ${release()}`,
    node: process.versions.node,
    syncMs: syncMsOf(workFolder),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Whether what is written there never reaches a disk: durable would mean nothing. */
export function isInMemory(folder: string): boolean {
  return statfsSync(folder).type === tmpfsMagic;
}

function syncMsOf(folder: string): number {
  const path = join(folder, 'sync');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4096, 1);
  const startedAt = performance.now();
  for (let n = 0; n < syncs; n += 1) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const ms = (performance.now() - startedAt) / syncs;
  closeSync(file);
  rmSync(path);
  return ms;
}
