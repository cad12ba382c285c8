import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConflictError } from '../domain/errors.ts';
import { failureOf, openSqlite } from './sqlite.ts';

/**
 * Makes sure that one gateway at a time has a database open. The operating system holds the lock, on a file beside the
 * database, and lets go of it when the process ends, however it ends. Returns the way to release it.
 * @throws ConflictError when another process, or another store of this one, has the database open
 */
export function lockDatabase(path: string): () => void {
  const lock = openSqlite(`${realPathOf(path)}.lock`);
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (failureOf(error) !== 'busy') throw error;
    throw new ConflictError(`Another gateway has ${path} open: stop it first, or give this one a database of its own.`);
  }
  return () => lock.close();
}

/** One database, one lock, whatever links lead to it. The file itself need not exist yet. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realpathSync(dirname(path)), basename(path));
  }
}
