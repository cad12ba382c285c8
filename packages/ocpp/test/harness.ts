import { Peer, type Handlers, type MessageRecord, type OcppVersion, type PeerOptions } from '../src/index.ts';

/** A peer whose other side is the test: what it wrote is in `out`, what it recorded in `records`. */
export function peerOf<V extends OcppVersion>(
  version: V,
  handlers: Handlers<NoInfer<V>>,
  more: Partial<PeerOptions<V>> = {},
) {
  const out: string[] = [];
  const records: MessageRecord[] = [];
  const options: PeerOptions<V> = {
    version,
    handlers,
    transmit: (text) => {
      out.push(text);
    },
    onMessage: (record) => {
      records.push(record);
    },
    ...more,
  };
  const peer = new Peer(options);
  /** Receives a frame and returns what was written because of it, parsed. */
  const exchange = (frame: unknown): unknown[] => {
    const before = out.length;
    peer.receive(typeof frame === 'string' ? frame : JSON.stringify(frame));
    return out.slice(before).map((text) => JSON.parse(text));
  };
  return { peer, out, records, exchange };
}

/** The message id of the last CALL among the frames. */
export function lastId(out: readonly string[]): string {
  const calls = out.map((text) => JSON.parse(text)).filter((frame) => frame[0] === 2);
  return calls.at(-1)[1];
}

/** Message type, id, and error code or payload of each frame. */
export function heads(frames: unknown[]): unknown[] {
  return frames.map((frame) => (Array.isArray(frame) ? frame.slice(0, 3) : frame));
}

/** A promise and its end, for handlers that wait for the test. */
export function gate<T>() {
  return Promise.withResolvers<T>();
}

/** Lets the promises that are settled run their reactions. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
