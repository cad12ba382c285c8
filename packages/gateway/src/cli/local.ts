/** What the configuration is loaded with: the flags of the command. */
export interface Settings {
  config?: string | undefined;
  set: readonly string[];
  shortcuts: Readonly<Record<string, string | undefined>>;
}

export interface Address {
  host: string;
  port: number;
}

export interface Finding {
  level: 'ok' | 'warning' | 'problem';
  subject: string;
  detail: string;
}

/** What a command needs to know of the configuration. */
export interface LocalConfig {
  /** Absolute. */
  data: string;
  /** Absolute; made by the gateway when it first starts. */
  database: string;
  file?: string | undefined;
  /** As configured; `undefined` when it is off. */
  http?: (Address & { tls: boolean }) | undefined;
  ocpp?: (Address & { tls: boolean }) | undefined;
}

export interface RunningGateway {
  /** Where it listens: `http://0.0.0.0:8080`, `ws://0.0.0.0:9000/ocpp`; `undefined` when it is off. */
  http: string | undefined;
  ocpp: string | undefined;
  data: string;
  unknownStations: string;
  /** The secret of the first API key; only on the very first start. */
  firstAdminKey: string | undefined;
  /** Ends in order, and writes the rest of the log. */
  stop(): Promise<void>;
  /** Writes the rest of the log, when there is no time for more. */
  flush(): void;
}

/** What commands can do on this machine without going through the API. Given by `main.ts`. */
export interface LocalGateway {
  /** @throws CommandError with every mistake in the configuration */
  config(settings: Settings): Promise<LocalConfig>;
  /** Resolves once it listens. */
  start(settings: Settings, options: { demo: boolean }): Promise<RunningGateway>;
  /** What drivers and services find when they look at their own options. */
  examine(settings: Settings): Promise<Finding[]>;
  /** What is wrong with the file, and whether another process has it open. */
  database(path: string): Promise<{ damage: string | undefined; inUse: boolean }>;
  /** Returns the bytes written. @throws CommandError when the file exists or cannot be written */
  backup(database: string, file: string): Promise<number>;
  /** The secret of a new admin key. @throws CommandError when a gateway runs */
  makeAdminKey(settings: Settings): Promise<string>;
  /** Replaces what is there. @throws CommandError when the file is no whole backup, or a gateway runs */
  restore(file: string, database: string): Promise<void>;
}

/** Flags of every command that reads the configuration. `--set` may be given more than once. */
export const settingsArgs = {
  config: {
    type: 'string',
    valueHint: 'file',
    description: 'Configuration file (default ./busbar.yaml, if there is one)',
  },
  set: {
    type: 'string',
    valueHint: 'name=value',
    description: 'Sets any option, e.g. south.ocpp.port=9001; may be repeated',
  },
  data: { type: 'string', valueHint: 'folder', description: 'Folder of the database (default ./data)' },
  host: {
    type: 'string',
    valueHint: 'address',
    description: 'Address of both servers: 127.0.0.1 this machine only, 0.0.0.0 all',
  },
  'http-port': { type: 'string', valueHint: 'port', description: 'Port of the API (default 8080)' },
  'ocpp-port': { type: 'string', valueHint: 'port', description: 'Port chargers connect to (default 9000)' },
  'unknown-stations': {
    type: 'string',
    valueHint: 'hold|accept|refuse',
    description: 'What becomes of chargers nobody admitted (default hold)',
  },
  'log-level': {
    type: 'string',
    valueHint: 'level',
    description: 'trace, debug, info, warn, error or silent (default info)',
  },
} as const;

type SettingsValues = { readonly [K in keyof typeof settingsArgs]?: string | undefined };

export function toSettings(args: SettingsValues, sets: readonly string[]): Settings {
  const { config, set: _, ...shortcuts } = args;
  const names = Object.keys(settingsArgs).filter((name) => name in shortcuts);
  const entries = Object.entries(shortcuts).filter(([name]) => names.includes(name));
  return { config, set: sets, shortcuts: Object.fromEntries(entries) };
}
