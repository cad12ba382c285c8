export { restoreSqlite } from './backup.ts';
export type { Retention } from './prune.ts';
export { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './sql-store.ts';
