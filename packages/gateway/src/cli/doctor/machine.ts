import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding, LocalConfig, LocalGateway } from '../local.ts';

const oldestNode = 24;
const mib = 1024 * 1024;

export function examineNode(version = process.versions.node): Finding {
  const isNew = Number(version.split('.')[0]) >= oldestNode;
  return isNew
    ? { level: 'ok', subject: 'Node', detail: `Version ${version}.` }
    : { level: 'problem', subject: 'Node', detail: `Version ${version} is too old. Install ${oldestNode} or newer.` };
}

/** A clock that is far off makes expiry dates and meter times wrong. */
export function examineClock(now: Date, { database }: Pick<LocalConfig, 'database'>): Finding {
  const subject = 'clock';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = `${now.toISOString()} (time zone ${zone})`;
  const newest = existsSync(database) ? statSync(database).mtime : undefined;
  if (now.getUTCFullYear() < 2026) {
    return {
      level: 'problem',
      subject,
      detail: `It says ${shown}, which has passed. Set it, and keep it right with NTP.`,
    };
  }
  if (newest !== undefined && newest.getTime() > now.getTime() + 60_000) {
    return {
      level: 'problem',
      subject,
      detail: `It says ${shown}, yet the database was written at ${newest.toISOString()}. Set it.`,
    };
  }
  if (existsSync('/run/systemd/timesync') && !existsSync('/run/systemd/timesync/synchronized')) {
    return {
      level: 'warning',
      subject,
      detail: `It says ${shown} and is not synchronized. Run 'timedatectl set-ntp true'.`,
    };
  }
  return { level: 'ok', subject, detail: shown };
}

/** Rights and space of the data folder, or of the nearest folder above it that is there. */
export function examineFolder(data: string): Finding[] {
  const subject = 'data folder';
  let folder = data;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) {
    return [{ level: 'problem', subject, detail: `${folder} is a file. Choose another folder with --data.` }];
  }
  const space = examineSpace(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return [
      { level: 'problem', subject, detail: `This user may not write to ${folder}. Change its owner or its rights.` },
      space,
    ];
  }
  const detail = folder === data ? `${data} can be written to.` : `${data} does not exist yet and can be made.`;
  return [{ level: 'ok', subject, detail }, space];
}

function examineSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const shown = free >= 1024 * mib ? `${(free / (1024 * mib)).toFixed(1)} GiB` : `${Math.floor(free / mib)} MiB`;
  const subject = 'disk space';
  if (free < 100 * mib)
    return { level: 'problem', subject, detail: `Only ${shown} are left. Make room; a full disk stops the gateway.` };
  if (free < 1024 * mib)
    return { level: 'warning', subject, detail: `${shown} are left. Make room, or shorten retention.` };
  return { level: 'ok', subject, detail: `${shown} are free.` };
}

/** Whether the database is whole, and free unless its gateway runs. */
export async function examineDatabase(
  { database }: Pick<LocalConfig, 'database'>,
  { local, isRunning }: { local: Pick<LocalGateway, 'database'>; isRunning: boolean },
): Promise<Finding> {
  const subject = 'database';
  if (!existsSync(database)) return { level: 'ok', subject, detail: 'None yet; the first start makes it.' };
  const { damage, inUse } = await local.database(database);
  if (damage !== undefined) {
    return {
      level: 'problem',
      subject,
      detail: `${database} is damaged: ${damage}. Restore a backup: busbar restore <file>.`,
    };
  }
  const size = `${(statSync(database).size / mib).toFixed(1)} MiB`;
  if (isRunning || !inUse) return { level: 'ok', subject, detail: `${database} is whole, ${size}.` };
  return {
    level: 'warning',
    subject,
    detail: `${database} is whole, ${size}, but another gateway has it open, and it does not answer here. Stop that one before a start.`,
  };
}
