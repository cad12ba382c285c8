import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { readTexts, sendText } from './short-cut.ts';

const maxBytes = 70_000;
const headers = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

/** A WebSocket of the server, and the station's side of what is below it. */
async function connected() {
  const [station, stream] = duplexPair();
  const limits = { maxPayload: maxBytes, skipUTF8Validation: true, perMessageDeflate: false };
  const server = new WebSocketServer({ noServer: true, ...limits });
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/', headers });
  const webSocket = await new Promise<WebSocket>((resolve) => {
    server.handleUpgrade(request, stream, Buffer.alloc(0), resolve);
  });
  await once(station, 'data');
  return { station, stream, webSocket };
}

interface Frame {
  first: number;
  payload: Buffer;
  isMasked?: boolean;
}

function bytesOf({ first, payload, isMasked = true }: Frame): Buffer {
  const { length } = payload;
  const mask = Buffer.from([0x12, 0xfe, 0x00, 0x81]);
  const bit = isMasked ? 0x80 : 0;
  const size =
    length < 126
      ? [bit | length]
      : length < 65_536
        ? [bit | 126, length >> 8, length & 255]
        : [bit | 127, 0, 0, 0, 0, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  const body = isMasked ? Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))) : payload;
  return Buffer.concat([Buffer.from([first, ...size]), ...(isMasked ? [mask] : []), body]);
}

/** What is heard when these bytes come in pieces of such sizes, the short way or by `ws` alone. */
async function heard(bytes: Buffer, sizes: readonly number[], way: 'short' | 'long'): Promise<string[]> {
  const { station, stream, webSocket } = await connected();
  const events: string[] = [];
  const answers: Buffer[] = [];
  station.on('data', (chunk: Buffer) => answers.push(chunk));
  webSocket.on('message', (data, isBinary) => events.push(`${isBinary ? 'binary' : 'text'} ${String(data)}`));
  webSocket.on('pong', (data) => events.push(`pong ${data.toString('hex')}`));
  webSocket.on('ping', (data) => events.push(`ping ${data.toString('hex')}`));
  webSocket.on('error', (error) => events.push(error.message));
  if (way === 'short') {
    readTexts(webSocket, stream, { maxBytes, onText: (text) => events.push(`text ${text.toString()}`) });
  }
  await writeInPieces(station, bytes, sizes);
  events.push(`state ${webSocket.readyState}`, Buffer.concat(answers).toString('hex'));
  webSocket.terminate();
  return events;
}

async function writeInPieces(station: Duplex, bytes: Buffer, sizes: readonly number[]): Promise<void> {
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? bytes.length;
    // A copy, as masks are taken off in place.
    station.write(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const payload = fc
  .tuple(fc.constantFrom(0, 1, 4, 124, 125, 126, 127, 900, 65_535, 65_536, maxBytes + 1), fc.constantFrom('x', 'ü'))
  .map(([length, letter]) => Buffer.from(letter.repeat(length)).subarray(0, length));

const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ first: fc.constant(0x81), payload }) },
  {
    weight: 3,
    arbitrary: fc.record({
      first: fc.constantFrom(0x89, 0x8a, 0x88),
      payload: fc.constantFrom(Buffer.alloc(0), Buffer.from([3, 232]), Buffer.alloc(126)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      first: fc.constantFrom(0x01, 0x80, 0x00, 0x82, 0xc1, 0x83, 0x91),
      payload: fc.constant(Buffer.from('part')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ first: fc.constant(0x81), payload, isMasked: fc.constant(false) }) },
);

test('whatever comes, and in whatever pieces, is heard as ws alone hears it', async () => {
  const sizes = fc.array(fc.constantFrom(1, 2, 7, 133, 1000, 65_536, 1_000_000), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 5 }), sizes, async (frames, pieces) => {
      const bytes = Buffer.concat(frames.map(bytesOf));
      const least = Math.ceil(bytes.length / 200);
      const cuts = pieces.map((size) => Math.max(size, least));
      expect(await heard(bytes, cuts, 'short')).toStrictEqual(await heard(bytes, cuts, 'long'));
    }),
    { numRuns: 100 },
  );
});

test.each([0, 1, 125, 126, 65_535, 65_536])(
  'a text of %i characters arrives as ws alone would send it',
  async (length) => {
    for (const text of ['x'.repeat(length), `ü${'x'.repeat(length)}`]) {
      const sent = async (way: 'short' | 'long') => {
        const { station, stream, webSocket } = await connected();
        const chunks: Buffer[] = [];
        station.on('data', (chunk: Buffer) => chunks.push(chunk));
        if (way === 'short') sendText(webSocket, stream, text);
        else webSocket.send(text);
        for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
        webSocket.terminate();
        return Buffer.concat(chunks).toString('hex');
      };
      expect(await sent('short')).toBe(await sent('long'));
    }
  },
);
