import type { Receiver } from '../protocol.ts';

/** What lies between a station and its CSMS, for simulations: frames may be held up, changed or lost. */
export interface StationNetwork {
  /** A socket has opened. What the station sends and gets goes through the pair that is returned. */
  opened(transmit: (text: string) => void): NetworkPath;
}

export interface NetworkPath {
  transmit(text: string): void;
  /** Stands before the station, whose side of the socket is given. */
  before(receiver: Receiver): Receiver;
}

/** Opens through the network where there is one, else as it is. */
export function openThrough(
  network: StationNetwork | undefined,
  transmit: (text: string) => void,
  open: (transmit: (text: string) => void) => Receiver,
): Receiver {
  if (!network) return open(transmit);
  const path = network.opened(transmit);
  return path.before(open((text) => path.transmit(text)));
}
