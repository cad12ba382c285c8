import type { Core } from './core.ts';
import type { StationVersion } from './options.ts';
import type { Protocol } from './protocol.ts';
import { createProtocol16 } from './v16/index.ts';
import { createProtocol201 } from './v201/index.ts';
import { createProtocol21 } from './v21/index.ts';

const makers = { '1.6': createProtocol16, '2.0.1': createProtocol201, '2.1': createProtocol21 } as const;

/** The versions of OCPP that a station can speak: one at a time, each made when it is first spoken. */
export class Protocols {
  readonly #core: Core;
  readonly #made = new Map<StationVersion, Protocol>();
  #version: StationVersion;

  constructor(core: Core, version: StationVersion) {
    this.#core = core;
    this.#version = version;
  }

  /** Spoken now, or last. */
  get version(): StationVersion {
    return this.#version;
  }

  get current(): Protocol {
    const known = this.#made.get(this.#version);
    if (known) return known;
    const made = makers[this.#version](this.#core);
    this.#made.set(this.#version, made);
    return made;
  }

  /** False when it is spoken already. In another version the CSMS knows nothing of the station yet. */
  speak(version: StationVersion): boolean {
    if (version === this.#version) return false;
    this.current.stop?.();
    this.#version = version;
    this.current.start?.();
    for (const connector of this.#core.connectors) connector.reportedStatus = undefined;
    return true;
  }
}
