/** Stable codes of everything the gateway refuses on purpose. The public API, the CLI and drivers translate from these. */
export type ErrorCode =
  | 'invalid'
  | 'not-found'
  | 'not-supported'
  | 'conflict'
  | 'offline'
  | 'unauthorized'
  | 'forbidden'
  | 'rate-limited'
  | 'unavailable';

/** One mistake in an input: where it is (a JSON pointer, e.g. `/connectors/0`) and what is wrong with it. */
export interface Mistake {
  pointer: string;
  detail: string;
}

/** Everything thrown on purpose. `message` names the thing, the place and the remedy, and never holds a secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export class InvalidError extends GatewayError {
  readonly mistakes: readonly Mistake[];
  constructor(message: string, mistakes: readonly Mistake[] = [], options?: ErrorOptions) {
    super('invalid', message, options);
    this.mistakes = mistakes;
  }
}

export class NotFoundError extends GatewayError {
  constructor(message: string) {
    super('not-found', message);
  }
}

/** The station, or the protocol it speaks, cannot do this. */
export class NotSupportedError extends GatewayError {
  constructor(message: string) {
    super('not-supported', message);
  }
}

export class ConflictError extends GatewayError {
  constructor(message: string) {
    super('conflict', message);
  }
}

/** The station is not connected. */
export class OfflineError extends GatewayError {
  constructor(message: string) {
    super('offline', message);
  }
}

export class UnauthorizedError extends GatewayError {
  constructor(message: string) {
    super('unauthorized', message);
  }
}

export class ForbiddenError extends GatewayError {
  constructor(message: string) {
    super('forbidden', message);
  }
}

export class RateLimitedError extends GatewayError {
  readonly retryAfterS: number;
  constructor(message: string, retryAfterS: number) {
    super('rate-limited', message);
    this.retryAfterS = retryAfterS;
  }
}

/** Something the gateway needs (disk, database) does not work right now; trying again later may. */
export class UnavailableError extends GatewayError {
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', message, options);
  }
}
