/** Why a command has no result, in EVerest's words. */
export type CommandErrorType = (typeof commandErrorTypes)[number];

export const commandErrorTypes = [
  'MessageParsingError',
  'SchemaValidationError',
  'HandlerException',
  'CmdTimeout',
  'Shutdown',
  'NotReady',
] as const;

/** A command that failed, here or at a neighbour. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly type: CommandErrorType;

  constructor(type: CommandErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }
}

/** What is told of an error; anything that is not ours came out of a handler. */
export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  return new CommandError('HandlerException', error instanceof Error ? error.message : String(error), { cause: error });
}
