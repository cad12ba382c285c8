import { setTimeout as after } from 'node:timers/promises';
import { RawStation } from './raw-station.ts';

/** What a station did, by its own books. */
export interface Charge {
  transactionId: number;
  /** Wh */
  energy: number;
}

/** A 1.6 station that hands in every transaction message until it is answered, with the same payload each time. */
export class PersistentStation {
  readonly identity: string;
  readonly charges: Charge[] = [];
  readonly #url: string;
  #connection: RawStation | undefined;
  #isClosed = false;
  #register = 1000;
  #time = Date.UTC(2026, 4, 4, 8);

  constructor(url: string, identity: string) {
    this.#url = url;
    this.identity = identity;
  }

  /** Starts, meters three times, stops. Resolves when the gateway has acknowledged all of it. */
  async charge(): Promise<void> {
    const meterStart = this.#register;
    const { transactionId } = await this.#deliver<{ transactionId: number }>('StartTransaction', {
      connectorId: 1,
      idTag: 'TAG',
      meterStart,
      timestamp: this.#tick(),
    });
    for (let reading = 0; reading < 3; reading += 1) {
      this.#register += 100 + reading;
      await this.#deliver('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: this.#tick(), sampledValue: [{ value: `${this.#register}` }] }],
      });
    }
    this.#register += 50;
    await this.#deliver('StopTransaction', { transactionId, meterStop: this.#register, timestamp: this.#tick() });
    this.charges.push({ transactionId, energy: this.#register - meterStart });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection?.close();
  }

  /** At least once: again after every lost connection and every error, until there is an answer, however long that takes. */
  async #deliver<T>(action: string, payload: object): Promise<T> {
    while (!this.#isClosed) {
      try {
        const connection = await this.#connected();
        return await connection.call<T>(action, payload);
      } catch {
        this.#connection?.socket.terminate();
        this.#connection = undefined;
        await after(20);
      }
    }
    throw new Error(`${this.identity} was closed before ${action} was answered`);
  }

  async #connected(): Promise<RawStation> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = await new RawStation(this.#url, this.identity, 'ocpp1.6').open();
    await connection.call('BootNotification', { chargePointVendor: 'Test', chargePointModel: 'One' });
    this.#connection = connection;
    return connection;
  }

  #tick(): string {
    this.#time += 30_000;
    return new Date(this.#time).toISOString();
  }
}
