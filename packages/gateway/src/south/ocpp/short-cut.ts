import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * The short way for what nearly every frame is: a whole, short text in one piece, without compression. `ws` writes head
 * and text apart, and its reader is a stream of its own that takes the mask away byte by byte; both cost more than all
 * else that the gateway does with a socket. Whatever is not that simple goes through `ws`.
 */
const text = 0x81;
const ping = 0x89;
const pong = 0x8a;
const masked = 0x80;

/** Sends a text as one frame. `stream` is the socket below, unless its frames are compressed. */
export function sendText(webSocket: WebSocket, stream: Duplex | undefined, message: string): void {
  const { length } = message;
  if (stream === undefined || length > 0xffff || !isAscii.test(message)) webSocket.send(message);
  else if (length < 126) stream.write(String.fromCharCode(text, length) + message, 'latin1');
  else stream.write(String.fromCharCode(text, 126, length >> 8, length & 0xff) + message, 'latin1');
}

const isAscii = /^[ -~]*$/;

interface Reading {
  /** Longest text, bytes. */
  maxBytes: number;
  onText: (bytes: Buffer) => void;
}

/** Reads texts from the socket below a WebSocket that has just been opened, until there comes what is not so simple. */
export function readTexts(webSocket: WebSocket, stream: Duplex, { maxBytes, onText }: Reading): void {
  const [theirs, ...others] = stream.listeners('data');
  if (!isListener(theirs) || others.length > 0 || webSocket.extensions !== '') return;
  const onData = (chunk: Buffer): void => {
    let at = 0;
    while (at < chunk.length) {
      const start = payloadAt(chunk, at);
      const end = start + lengthOf(chunk, at);
      const type = chunk[at];
      if (type === text && end <= chunk.length && end - start <= maxBytes) onText(unmasked(chunk, start, end));
      else if ((type === ping || type === pong) && end <= chunk.length && end - start < 126) {
        theirs.call(stream, chunk.subarray(at, end));
      } else {
        stream.off('data', onData);
        stream.on('data', theirs);
        theirs.call(stream, chunk.subarray(at));
        return;
      }
      at = end;
    }
  };
  stream.off('data', theirs);
  stream.on('data', onData);
}

type Listener = (this: Duplex, chunk: Buffer) => void;

function isListener(value: unknown): value is Listener {
  return typeof value === 'function';
}

/** Where the payload of the frame at `at` begins, behind its mask. Beyond the chunk when the head is no short masked one. */
function payloadAt(chunk: Buffer, at: number): number {
  const second = chunk[at + 1] ?? 0;
  if (second < masked || second === 0xff) return Number.POSITIVE_INFINITY;
  return at + (second === (masked | 126) ? 8 : 6);
}

function lengthOf(chunk: Buffer, at: number): number {
  const length = (chunk[at + 1] ?? 0) & 0x7f;
  if (length < 126) return length;
  return ((chunk[at + 2] ?? 0) << 8) | (chunk[at + 3] ?? 0);
}

/** Takes the mask off, in place: four bytes at a time where they lie so. */
function unmasked(chunk: Buffer, start: number, end: number): Buffer {
  const offset = chunk.byteOffset + start - 4;
  let at = start;
  if (offset % 4 === 0) {
    const words = new Uint32Array(chunk.buffer, offset, 1 + ((end - start) >> 2));
    const mask = words[0] ?? 0;
    for (let index = 1; index < words.length; index++) words[index] = (words[index] ?? 0) ^ mask;
    at += 4 * (words.length - 1);
  }
  for (; at < end; at++) chunk[at] = (chunk[at] ?? 0) ^ (chunk[start - 4 + ((at - start) & 3)] ?? 0);
  return chunk.subarray(start, end);
}
