import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConflictError, InvalidError, NotFoundError } from '../domain/errors.ts';
import { lockDatabase } from './lock.ts';
import { unknownMigrations } from './migrations/index.ts';
import { openingError } from './open.ts';
import { copySqlite, openSqlite } from './sqlite.ts';
import { kyselyOn } from './sqlite-kysely.ts';

/**
 * Writes a consistent copy of a database that may be in use. Complete when it has its name.
 * @throws ConflictError when `to` exists; UnavailableError when it cannot be written
 */
export async function backupSqlite(path: string, to: string): Promise<void> {
  if (existsSync(to)) {
    throw new ConflictError(`The backup ${to} exists already: choose another name, or remove it first.`);
  }
  await copyAs(path, to);
}

/**
 * Puts a backup in the place of a database. The backup is checked first, and left as it is.
 * @throws NotFoundError, InvalidError (damaged, or no busbar database), ConflictError (`to` exists and `replace` was not
 *   given, a gateway has it open, or the backup is of a newer version)
 */
export async function restoreSqlite(from: string, to: string, options: { replace?: boolean } = {}): Promise<void> {
  if (!existsSync(from)) throw new NotFoundError(`There is no backup ${from}: check the path.`);
  await checkBackup(from);
  let release: () => void;
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    release = lockDatabase(to);
  } catch (error) {
    throw openingError(to, error);
  }
  try {
    if (existsSync(to) && !options.replace) {
      throw new ConflictError(
        `The database ${to} exists already: say that it shall be replaced, or restore to another path.`,
      );
    }
    await copyAs(from, to, () => Promise.all(['-wal', '-shm'].map((end) => rm(to + end, { force: true }))));
  } finally {
    release();
  }
}

/** Copies under another name first, so that `to` is whole or is not there. */
async function copyAs(from: string, to: string, beforeRename?: () => Promise<unknown>): Promise<void> {
  const unfinished = `${to}.${randomBytes(4).toString('hex')}.unfinished`;
  try {
    await copySqlite(from, unfinished);
    await chmod(unfinished, 0o600);
    await sync(unfinished);
    await beforeRename?.();
    await rename(unfinished, to);
    await sync(dirname(to));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw openingError(to, error);
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Windows has no sync of folders.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  } finally {
    await handle.close();
  }
}

async function checkBackup(path: string): Promise<void> {
  const damaged = (cause: unknown) =>
    new InvalidError(`${path} is damaged or not a busbar database: restore another backup.`, [], { cause });
  let connection;
  try {
    connection = openSqlite(path, { readOnly: true, busyTimeoutMs: 2000 });
  } catch (error) {
    throw damaged(error);
  }
  try {
    const [row] = connection.prepare('pragma integrity_check(1)').all<{ integrity_check: string }>([]);
    if (row?.integrity_check !== 'ok') throw damaged(row?.integrity_check);
    if (connection.prepare(`select 1 from sqlite_master where name = 'facts'`).all([]).length === 0) {
      throw damaged('it has no table of facts');
    }
    const [newer] = await unknownMigrations(kyselyOn(connection));
    if (newer !== undefined) {
      throw new ConflictError(
        `The backup ${path} has schema '${newer}', which is newer than this version of busbar knows: restore it with the newer version.`,
      );
    }
  } catch (error) {
    throw error instanceof InvalidError || error instanceof ConflictError ? error : damaged(error);
  } finally {
    connection.close();
  }
}
