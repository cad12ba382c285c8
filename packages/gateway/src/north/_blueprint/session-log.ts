import { appendFile } from 'node:fs/promises';
import { Serial } from '../../lib/serial.ts';
import type { Adapter } from '../../ports/adapter.ts';
import type { ServiceContext } from '../../ports/north.ts';
import { toLine } from './translate.ts';

/**
 * Follows the log from a place of its own, so that a restart neither loses a session nor, unless the process dies between
 * the two writes, repeats one. The bus only says that there is something to read.
 */
export class SessionLog implements Adapter {
  readonly #path: string;
  readonly #context: ServiceContext;
  readonly #serial = new Serial();
  #unsubscribe: (() => void) | undefined;

  constructor(options: { path: string }, context: ServiceContext) {
    this.#path = options.path;
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.gateway.subscribe((fact) => {
      if (fact.type === 'transaction.ended') void this.#follow();
    });
    await this.#follow();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    await this.#serial.run(() => Promise.resolve());
  }

  #follow(): Promise<void> {
    return this.#serial
      .run(() => this.#writeNew())
      .catch((error: unknown) => {
        this.#context.log.warn(
          { error, path: this.#path },
          'sessions could not be written; tried again with the next one',
        );
      });
  }

  async #writeNew(): Promise<void> {
    const { gateway } = this.#context;
    const [place] = await gateway.queries.state('blueprint', 'seq', 1);
    let afterSeq = typeof place?.value === 'number' ? place.value : 0;
    for (;;) {
      const facts = await gateway.queries.facts({ afterSeq, limit: 100, types: ['transaction.ended'] });
      const newest = facts.at(-1);
      if (newest === undefined) return;
      const lines = facts.map((fact) => (fact.type === 'transaction.ended' ? `${toLine(fact.transaction)}\n` : ''));
      await appendFile(this.#path, lines.join(''));
      afterSeq = newest.seq;
      await gateway.keepState([{ service: 'blueprint', key: 'seq', value: afterSeq }]);
    }
  }
}
