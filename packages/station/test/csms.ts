import { RPCServer } from 'ocpp-rpc';
import type serverClient from 'ocpp-rpc/lib/server-client.js';

/** A request that the CSMS got, in order of arrival. */
export interface Received {
  identity: string;
  action: string;
  payload: object;
}

type Client = serverClient.default;

type Answer = (payload: object, identity: string) => object | Promise<object>;

/** A central system that is not ours: ocpp-rpc's server, strict on both versions. */
export interface Csms {
  readonly url: string;
  readonly received: readonly Received[];
  /** Frames that broke a schema; must stay empty. */
  readonly violations: readonly unknown[];
  /** Of HTTP Basic authentication, as text, one for each connection. */
  readonly passwords: readonly (string | undefined)[];
  /** Whether connections are refused with 503 from now on. */
  refuse(isRefusing: boolean): Promise<void>;
  answer(action: string, answer: Answer): void;
  /** The next request of this action that was not waited for yet. */
  next(action: string): Promise<object>;
  call(identity: string, action: string, payload: object): Promise<unknown>;
  /** Cuts all connections; stations may come back. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

const now = () => new Date().toISOString();

const answers16: Record<string, Answer> = {
  BootNotification: () => ({ status: 'Accepted', currentTime: now(), interval: 300 }),
  Heartbeat: () => ({ currentTime: now() }),
  Authorize: () => ({ idTagInfo: { status: 'Accepted' } }),
  StartTransaction: () => ({ transactionId: 4711, idTagInfo: { status: 'Accepted' } }),
  DataTransfer: () => ({ status: 'Accepted' }),
  SignCertificate: () => ({ status: 'Accepted' }),
};

const answers201: Record<string, Answer> = {
  ...answers16,
  Authorize: () => ({ idTokenInfo: { status: 'Accepted' } }),
};

/** `protocols` are the subprotocols it takes, `checked` those whose frames it checks; 2.1 is not checked by ocpp-rpc. */
export async function openCsms(
  port = 0,
  protocols: readonly string[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'],
  strict: readonly string[] = ['ocpp1.6', 'ocpp2.0.1'],
): Promise<Csms> {
  const server = new RPCServer({
    protocols: [...protocols],
    strictMode: strict.filter((name) => protocols.includes(name)),
  });
  const clients = new Map<string, Client>();
  const received: Received[] = [];
  const violations: unknown[] = [];
  const own = new Map<string, Answer>();
  const inbox = createInbox();
  server.on('client', (client: Client) => {
    const identity = client.identity ?? '';
    const defaults = client.protocol === 'ocpp1.6' ? answers16 : answers201;
    clients.set(identity, client);
    client.on('strictValidationFailure', (violation: unknown) => violations.push(violation));
    client.on('badMessage', (message: { buffer: Buffer }) => {
      const sent = sentIn(message.buffer);
      if (!sent) return void violations.push(message);
      received.push({ identity, ...sent });
      inbox.put(sent.action, sent.payload);
    });
    client.handle(({ method = '', params = {} }) => {
      received.push({ identity, action: method, payload: params });
      inbox.put(method, params);
      const answer = own.get(method) ?? defaults[method];
      return Promise.resolve(answer?.(params, identity) ?? {});
    });
  });
  const state = { isRefusing: false };
  const passwords: (string | undefined)[] = [];
  server.auth((accept, reject, handshake) => {
    passwords.push(handshake.password?.toString());
    if (state.isRefusing) reject(503, 'not now');
    else accept();
  });
  const http = await server.listen(port, '127.0.0.1');
  const address = http.address();
  return {
    url: `ws://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/ocpp`,
    received,
    violations,
    passwords,
    refuse(isRefusing) {
      state.isRefusing = isRefusing;
      return Promise.resolve();
    },
    answer: (action, answer) => void own.set(action, answer),
    next: (action) => inbox.take(action),
    async call(identity, action, payload) {
      const client = clients.get(identity);
      if (!client) throw new Error(`${identity} is not connected`);
      return client.call(action, payload);
    },
    async disconnect() {
      await Promise.all([...clients.values()].map((client) => client.close({ code: 1001, force: true })));
      clients.clear();
    },
    close: () => server.close({ force: true }),
  };
}

/** A SEND of OCPP 2.1, which ocpp-rpc does not know. */
function sentIn(buffer: Buffer): { action: string; payload: object } | undefined {
  const frame: unknown = JSON.parse(String(buffer));
  const [type, , action, payload]: unknown[] = Array.isArray(frame) ? frame : [];
  if (type !== 6 || typeof action !== 'string' || typeof payload !== 'object' || !payload) return undefined;
  return { action, payload };
}

/** Requests by action; whoever waits gets them in order. */
function createInbox() {
  const waiting = new Map<string, ((payload: object) => void)[]>();
  const unread = new Map<string, object[]>();
  const listOf = <T>(lists: Map<string, T[]>, action: string) => {
    const list = lists.get(action) ?? [];
    lists.set(action, list);
    return list;
  };
  return {
    put(action: string, payload: object) {
      const resolve = listOf(waiting, action).shift();
      if (resolve) resolve(payload);
      else listOf(unread, action).push(payload);
    },
    take(action: string): Promise<object> {
      const payload = listOf(unread, action).shift();
      if (payload) return Promise.resolve(payload);
      return new Promise((resolve) => listOf(waiting, action).push(resolve));
    },
  };
}
