import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Log } from '../ports/adapter.ts';
import { toPretty } from './pretty.ts';
import { redactFields } from './redact.ts';
import type { Config } from './schema.ts';

export interface GatewayLog {
  log: Log;
  /** Writes what is still in memory. To be called before the process ends; never throws. */
  flush(): void;
}

interface LogOptions extends Pick<Config['log'], 'level' | 'format'> {
  /** Where lines go; standard error when absent. */
  destination?: DestinationStream;
  isTerminal: boolean;
  colour: boolean;
}

/** The structured log of the process. Credentials and id tokens are masked here, whoever writes them. */
export function createLog({ level, format, destination, isTerminal, colour }: LogOptions): GatewayLog {
  const standard = destination === undefined ? pino.destination({ dest: 2, sync: false }) : undefined;
  // A reader of the log that went away (`busbar serve 2>&1 | head`) must not take the gateway with it.
  standard?.on('error', () => undefined);
  const target = destination ?? standard ?? process.stderr;
  const pretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const stream = pretty ? { write: (line: string) => void target.write(toPretty(line, { colour })) } : target;
  const logger = pino(
    {
      level,
      base: null,
      // Errors are turned to JSON by `redactFields` already.
      serializers: { err: (error: unknown) => error },
      formatters: { log: (fields) => redactFields(fields) },
    },
    stream,
  );
  return { log: toLog(logger), flush: () => flushOf(standard) };
}

function flushOf(stream: { flushSync(): void } | undefined): void {
  try {
    stream?.flushSync();
  } catch {
    // The reader is gone, or nothing was ever written: there is nobody to tell.
  }
}

function toLog(logger: Logger): Log {
  return {
    trace: logger.trace.bind(logger),
    debug: logger.debug.bind(logger),
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    child: (fields) => toLog(logger.child(redactFields(fields))),
  };
}
