import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { CommandOf, CommandResult } from '../../domain/commands.ts';
import { LinkError, type DriverContext, type SendOptions, type StationLink } from '../../ports/south.ts';
import { toMessage, type Message } from './translate.ts';

/** One connected station: its reports on the way in, the link on the way out. */
export class LineStation implements StationLink {
  readonly #socket: Socket;
  readonly #context: DriverContext;
  readonly #answerTimeoutMs: number;
  readonly #ended: Promise<void>;
  #stationId = '';
  #waiting: PromiseWithResolvers<boolean> | undefined;

  constructor(socket: Socket, { answerTimeoutS }: { answerTimeoutS: number }, context: DriverContext) {
    this.#socket = socket;
    this.#context = context;
    this.#answerTimeoutMs = answerTimeoutS * 1000;
    socket.on('error', () => {});
    this.#ended = this.#read();
  }

  get stationId(): string {
    return this.#stationId;
  }

  close(): void {
    this.#socket.destroy();
  }

  async stop(): Promise<void> {
    this.close();
    await this.#ended;
  }

  /** Of the station's commands this one is enough to show the way. */
  async setCurrentLimit(
    { currentLimit = 32 }: CommandOf<'setCurrentLimit'>,
    { timeoutMs = this.#answerTimeoutMs, onSent }: SendOptions,
  ): Promise<CommandResult> {
    if (this.#waiting !== undefined)
      throw new LinkError('Invalid', 'A command is under way: wait for its answer.', { sent: false });
    const waiting = Promise.withResolvers<boolean>();
    this.#waiting = waiting;
    const late = new LinkError('Timeout', `No answer within ${timeoutMs} ms.`, { sent: true });
    const timer = setTimeout(() => waiting.reject(late), timeoutMs);
    this.#socket.write(`${JSON.stringify({ limitA: currentLimit })}\n`);
    onSent?.();
    try {
      const accepted = await waiting.promise;
      return { accepted, status: accepted ? 'Accepted' : 'Rejected' };
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  /** One line after another: the next is read when the one before it is stored. */
  async #read(): Promise<void> {
    const { intake, clock, log } = this.#context;
    const lines = createInterface({ input: this.#socket });
    this.#socket.once('close', () => lines.close());
    try {
      for await (const line of lines) {
        const message = toMessage(line, clock.now());
        if (message === undefined) log.debug({ stationId: this.#stationId }, 'a line was not understood');
        else await this.#take(message);
      }
    } catch (error) {
      log.warn({ stationId: this.#stationId, err: error }, 'a connection is given up');
    }
    this.#socket.destroy();
    this.#waiting?.reject(new LinkError('ConnectionLost', 'The station is gone.', { sent: true }));
    if (this.#stationId === '') return;
    intake.detach(this);
    await intake.report(this.#stationId, { type: 'Disconnected', reason: 'connection closed' }).catch(() => {});
  }

  async #take(message: Message): Promise<void> {
    const { intake } = this.#context;
    if (message.kind === 'answer') this.#waiting?.resolve(message.accepted);
    else if (message.kind === 'report' && this.#stationId !== '') await intake.report(this.#stationId, message.report);
    else if (message.kind === 'hello' && this.#stationId === '') await this.#greet(message.stationId);
  }

  async #greet(stationId: string): Promise<void> {
    const { intake } = this.#context;
    const verdict = await intake.admit({ stationId });
    if (!verdict.admitted) {
      this.close();
      return;
    }
    this.#stationId = stationId;
    await intake.report(stationId, { type: 'Connected', protocol: 'blueprint' });
    intake.attach(this);
  }
}
