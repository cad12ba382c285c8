/** What the executable ends with, so that scripts can tell. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  refusedByStation: 4,
  stationSilent: 5,
  unauthorized: 6,
  notFound: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message for people and an exit code for programs. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = exitCodes.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** A mistake in how a command was called. */
export function usageError(message: string): CommandError {
  return new CommandError(message, exitCodes.usage);
}
