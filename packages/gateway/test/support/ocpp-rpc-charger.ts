import { RPCClient } from 'ocpp-rpc';
import { onTestFinished } from 'vitest';

/** A charger by the `ocpp-rpc` package: not our code, and strict about every schema but those of 2.1. */
export interface Charger {
  /** The payload of the CALLRESULT; rejects on a CALLERROR. */
  call<T>(action: string, payload: object): Promise<T>;
  handle(action: string, answer: (payload: Record<string, unknown>) => object): void;
  /** Ends the connection without a farewell. */
  cut(): Promise<void>;
}

export async function connectCharger(endpoint: string, identity: string, protocol: string): Promise<Charger> {
  // Its validator of 2.1 refuses every call, because it looks for schemas under the names of another version.
  const strictMode = protocol !== 'ocpp2.1';
  const options = { endpoint, identity, protocols: [protocol], strictMode, reconnect: false };
  const client: RPCClient = Reflect.construct(RPCClient, [options]);
  const cut = async () => {
    await client.close({ code: 1000, reason: '', awaitPending: false, force: true });
  };
  onTestFinished(cut);
  await client.connect();
  return {
    call: async (action, payload) => JSON.parse(JSON.stringify(await client.call(action, { ...payload }))),
    handle: (action, answer) => client.handle(action, async ({ params }) => answer(params ?? {})),
    cut,
  };
}
