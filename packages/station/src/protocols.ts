import type { Core } from './core.ts';
import type { StationVersion } from './options.ts';
import type { Protocol } from './protocol.ts';
import { createProtocol16 } from './v16/index.ts';
import { createProtocol201 } from './v201/index.ts';
import { createProtocol21 } from './v21/index.ts';

const makers = { '1.6': createProtocol16, '2.0.1': createProtocol201, '2.1': createProtocol21 } as const;

/** What a station speaks: each version is made when it is spoken first, and stays. */
export class Protocols {
  readonly #core: Core;
  readonly #made = new Map<StationVersion, Protocol>();

  constructor(core: Core) {
    this.#core = core;
  }

  of(version: StationVersion): Protocol {
    const known = this.#made.get(version);
    if (known) return known;
    const made = makers[version](this.#core);
    this.#made.set(version, made);
    return made;
  }
}
