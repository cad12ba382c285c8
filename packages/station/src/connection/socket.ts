import { Agent } from 'node:https';
import { WebSocket, type ClientOptions } from 'ws';
import { httpFailure, socketFailure, type ConnectFailure } from './connect-failure.ts';
import { tlsAgentOptions, type TlsOptions } from './tls-options.ts';

/** One way to a CSMS. */
export interface Target {
  url: string;
  /** Best first. */
  subprotocols: readonly string[];
  /** The Authorization header. */
  authorization?: string | undefined;
  /** More headers for the handshake. */
  headers?: Readonly<Record<string, string>> | undefined;
  tls?: TlsOptions | undefined;
  /** Of the network interface to use. */
  localAddress?: string | undefined;
}

export interface SocketEvents {
  onOpen(subprotocol: string): void;
  onText(bytes: Uint8Array): void;
  onBinary(byteLength: number): void;
  /** Anything came in, pings and pongs included. */
  onHeard(): void;
  /** Comes once, last. `failure` counts where the socket was never open. */
  onClose(close: { code: number; reason: string; failure: ConnectFailure }): void;
}

export interface DialOptions {
  connectTimeoutMs: number;
  /** The wall time, for a Retry-After that names a date. */
  now(): Date;
}

/** Longest frame that is read, bytes; a longer one closes the socket with 1009. */
const maxFrameBytes = 1 << 20;

/** Begins to open a socket. Whatever goes wrong is told by `onClose`; undefined when nothing was begun. */
export function dial(target: Target, events: SocketEvents, options: DialOptions): WebSocket | undefined {
  let failure: ConnectFailure = { kind: 'unreachable', message: 'the socket closed', retryAfterMs: 0 };
  let hasAnswer = false;
  const socket = open(target, options.connectTimeoutMs);
  if (socket instanceof Error) {
    queueMicrotask(() => events.onClose({ code: 1006, reason: '', failure: socketFailure(socket) }));
    return undefined;
  }
  socket.on('open', () => events.onOpen(socket.protocol));
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    events.onHeard();
    if (isBinary) events.onBinary(data.byteLength);
    else events.onText(data);
  });
  socket.on('ping', () => events.onHeard());
  socket.on('pong', () => events.onHeard());
  socket.on('unexpected-response', (_request, response) => {
    failure = httpFailure(response, options.now());
    hasAnswer = true;
    socket.terminate();
  });
  socket.on('error', (error) => {
    if (!hasAnswer) failure = socketFailure(error);
  });
  socket.on('close', (code, reason) => events.onClose({ code, reason: reason.toString(), failure }));
  return socket;
}

/** The constructor throws for what cannot be dialled, such as an unreadable key. */
function open(target: Target, connectTimeoutMs: number): WebSocket | Error {
  try {
    return new WebSocket(target.url, [...target.subprotocols], clientOptions(target, connectTimeoutMs));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function clientOptions(
  { url, authorization, headers, tls, localAddress }: Target,
  handshakeTimeout: number,
): ClientOptions {
  return {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    handshakeTimeout,
    maxPayload: maxFrameBytes,
    followRedirects: false,
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
    ...(localAddress !== undefined && { localAddress }),
    ...(/^wss:/i.test(url) && { agent: new Agent(tlsAgentOptions(tls ?? {})) }),
  };
}
