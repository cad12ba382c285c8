import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the executable takes from its environment besides the options of the gateway. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** Gateway that the commands talk to. */
  url: string | undefined;
  apiKey: string | undefined;
  /** Where `busbar keys login` keeps keys. */
  credentialsFile: string;
  /** Whether colours are welcome; `undefined` when the terminal decides. */
  colour: boolean | undefined;
}

/** The only place that reads `process.env`. */
export function readSurroundings(env: Surroundings['env'] = process.env): Surroundings {
  const configHome = env['XDG_CONFIG_HOME'] || env['APPDATA'] || join(homedir(), '.config');
  return {
    env,
    url: env['BUSBAR_URL'] || undefined,
    apiKey: env['BUSBAR_API_KEY'] || undefined,
    credentialsFile: join(configHome, 'busbar', 'credentials.json'),
    colour: colourOf(env),
  };
}

/** https://no-color.org: set and not empty means no colours, whatever it is set to. */
function colourOf(env: Surroundings['env']): boolean | undefined {
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return false;
  return env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0' ? true : undefined;
}
