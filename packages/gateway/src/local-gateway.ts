import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, exitCodes, usageError } from './cli/exit.ts';
import type { Finding, LocalConfig, LocalGateway, RunningGateway, Settings } from './cli/local.ts';
import { ConfigError } from './config/mistakes.ts';
import type { Config } from './config/schema.ts';
import type { Surroundings } from './config/surroundings.ts';
import { GatewayError } from './domain/errors.ts';
import { isRecord } from './lib/is-record.ts';
import { HeapKeeper } from './lib/heap-keeper.ts';
import type { lockDatabase as lockDatabaseFile } from './storage/lock.ts';
import type { openSqlite as openSqliteFile } from './storage/sqlite.ts';

interface Options {
  cwd: string;
  surroundings: Surroundings;
  /** Whether standard error, where the log goes, is a terminal. */
  isTerminal: boolean;
  colour: boolean;
}

/** What the commands can do on this machine. Its parts are loaded when they are needed: most commands need none. */
export function createLocalGateway(options: Options): LocalGateway {
  const load = (settings: Settings) => loaded(settings, options);
  return {
    config: async (settings) => toLocalConfig(await load(settings)),
    start: async (settings, { demo }) => start(await load(settings), { ...options, demo }),
    examine: async (settings) => findingsOf(await load(settings)),
    database: examineDatabase,
    backup: (database, file) => translated(() => backup(database, file)),
    makeAdminKey: async (settings) => resetKey(await load(settings)),
    restore: (file, database) => translated(() => restore(file, database)),
  };
}

async function loadAdapters() {
  const [{ drivers }, { services }] = await Promise.all([import('./south/index.ts'), import('./north/index.ts')]);
  return { drivers, services };
}

async function loaded(settings: Settings, { cwd, surroundings }: Options): Promise<Config> {
  const [{ loadConfig }, adapters] = await Promise.all([import('./config/load.ts'), loadAdapters()]);
  try {
    return loadConfig({ cwd, env: surroundings.env, flags: settings, ...adapters });
  } catch (error) {
    if (error instanceof ConfigError) throw usageError(error.message);
    throw error;
  }
}

function toLocalConfig(config: Config): LocalConfig {
  return {
    data: config.data,
    database: databaseOf(config),
    file: config.file,
    http: listenerOf(config.north['api']),
    ocpp: listenerOf(config.south['ocpp']),
  };
}

function databaseOf({ data }: Config): string {
  return join(data, 'busbar.db');
}

function listenerOf(options: Config['south'][string] | undefined): LocalConfig['http'] {
  if (options === undefined || options === false) return undefined;
  const { host, port, tls } = options;
  if (typeof host !== 'string' || typeof port !== 'number') return undefined;
  return { host, port, tls: isRecord(tls) && Boolean(tls['certFile']) };
}

/** A demo has a database of its own, so that its stations do not mix with real ones. */
async function start(
  loaded: Config,
  { isTerminal, colour, demo }: Options & { demo: boolean },
): Promise<RunningGateway> {
  const config = demo ? { ...loaded, data: join(loaded.data, 'demo') } : loaded;
  const [{ App }, { createLog }] = await Promise.all([import('./app.ts'), import('./config/log.ts')]);
  const { log, flush } = createLog({ ...config.log, isTerminal, colour });
  const app = new App({ config, log, demo });
  const heap = new HeapKeeper();
  // Nobody knows what state such an error leaves behind: the supervisor starts anew, and the store has lost nothing.
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'unexpected error, the gateway ends');
    flush();
    process.exit(exitCodes.failed);
  });
  try {
    await translated(() => app.start());
    heap.start();
  } catch (error) {
    flush();
    throw error;
  }
  return {
    http: app.addressOf('api'),
    ocpp: app.addressOf('ocpp'),
    data: databaseOf(config),
    unknownStations: config.unknownStations,
    firstAdminKey: app.firstAdminKey,
    stop: () => {
      heap.stop();
      return app.stop();
    },
    flush,
  };
}

async function findingsOf(config: Config): Promise<Finding[]> {
  const { drivers, services } = await loadAdapters();
  const examined = [
    ...drivers.map(({ name, examine }) => ({ options: config.south[name], examine })),
    ...services.map(({ name, examine }) => ({ options: config.north[name], examine })),
  ].map(async ({ options, examine }) => {
    if (options === undefined || options === false || examine === undefined) return [];
    return examine(options);
  });
  return (await Promise.all(examined)).flat();
}

async function examineDatabase(path: string): Promise<{ damage: string | undefined; inUse: boolean }> {
  const [{ openSqlite }, { lockDatabase }] = await Promise.all([
    import('./storage/sqlite.ts'),
    import('./storage/lock.ts'),
  ]);
  return { damage: damageOf(path, openSqlite), inUse: isLocked(path, lockDatabase) };
}

function damageOf(path: string, open: typeof openSqliteFile): string | undefined {
  let connection;
  try {
    connection = open(path, { readOnly: true, busyTimeoutMs: 2000 });
    const rows = connection.prepare('pragma quick_check(3)').all<{ quick_check: string }>([]);
    const found = rows.map(({ quick_check }) => quick_check).join('; ');
    return found === 'ok' ? undefined : found;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    connection?.close();
  }
}

function isLocked(path: string, lock: typeof lockDatabaseFile): boolean {
  try {
    lock(path)();
    return false;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'conflict') return true;
    throw error;
  }
}

async function resetKey(config: Config): Promise<string> {
  const database = databaseOf(config);
  if (!existsSync(database)) {
    throw new CommandError(
      `${database} does not exist. Name the folder of the gateway with --data or --config.`,
      exitCodes.notFound,
    );
  }
  const [{ makeAdminKey }, { silentLog }] = await Promise.all([import('./app.ts'), import('./lib/silent-log.ts')]);
  return translated(() => makeAdminKey({ config, log: silentLog }));
}

async function backup(database: string, file: string): Promise<number> {
  const { backupSqlite } = await import('./storage/backup.ts');
  await backupSqlite(database, file);
  return statSync(file).size;
}

async function restore(file: string, database: string): Promise<void> {
  const { restoreSqlite } = await import('./storage/index.ts');
  await restoreSqlite(file, database, { replace: true });
}

/** What the gateway refuses on purpose is a sentence for people, without a stack. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GatewayError) {
      const code = error.code === 'not-found' ? exitCodes.notFound : exitCodes.failed;
      throw new CommandError(error.message, code, { cause: error });
    }
    if (error instanceof Error && 'syscall' in error && 'path' in error) {
      throw new CommandError(`${error.message}. Check the data folder (--data) and its rights.`, exitCodes.failed, {
        cause: error,
      });
    }
    if (isListenError(error)) throw new CommandError(listenTrouble(error), exitCodes.failed, { cause: error });
    throw error;
  }
}

type ListenError = Error & { code: string; port: number; address: string };

function isListenError(error: unknown): error is ListenError {
  return (
    error instanceof Error && 'syscall' in error && error.syscall === 'listen' && 'port' in error && 'code' in error
  );
}

function listenTrouble({ code, address, port }: ListenError): string {
  const place = `${address}:${port}`;
  if (code === 'EADDRINUSE') {
    return `${place} is taken by another program. Stop it, or choose another port (--http-port, --ocpp-port); 'busbar doctor' may know which one it is.`;
  }
  if (code === 'EACCES') return `This user may not listen on ${place}. Choose a port above 1023.`;
  return `The gateway cannot listen on ${place} (${code}). Check --host.`;
}
