import type { LocalGateway } from './local.ts';
import type { StopSignals } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface CliContext {
  version: string;
  terminal: Terminal;
  /** `BUSBAR_URL` and `BUSBAR_API_KEY`, if set. */
  url: string | undefined;
  apiKey: string | undefined;
  /** Where `keys login` keeps keys. Absolute. */
  credentialsFile: string;
  cwd: string;
  now: () => Date;
  /** Listens for Ctrl-C and the like, until disposed. */
  stopSignals: () => StopSignals;
  /** One line from the person at the terminal, not shown; `undefined` when there is no terminal. */
  askSecret: (question: string) => Promise<string | undefined>;
  local: LocalGateway;
}
