import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Adapter } from '../../ports/adapter.ts';
import type { DriverContext } from '../../ports/south.ts';
import { Connection } from './connection.ts';
import {
  chooseVersion,
  identityOf,
  notNow,
  noVersion,
  offeredOf,
  passwordOf,
  remoteAddressOf,
  toHttp,
  tooMany,
  toRefusal,
  unauthorized,
  type Refusal,
} from './handshake.ts';
import { OcppMetrics } from './metrics.ts';
import type { OcppOptions } from './options.ts';
import { welcome } from './page.ts';
import { RateLimit } from './rate-limit.ts';
import { SecurityEvents } from './security-events.ts';
import type { Surroundings, Visitor } from './surroundings.ts';
import { certificateNameOf, readTls } from './tls.ts';

/** A failed handshake counts as much as this many good ones. */
const failureCost = 20;
/** Wrong passwords for one identity from one address: so many at once, then one every so many seconds. */
const wrongPasswords = { atOnce: 10, everyS: 6 };

/** Listens for OCPP stations. */
export class OcppServer implements Adapter, Surroundings {
  readonly options: OcppOptions;
  readonly intake: DriverContext['intake'];
  readonly clock: DriverContext['clock'];
  readonly log: DriverContext['log'];
  readonly metrics: OcppMetrics;
  readonly events: SecurityEvents;
  readonly slowed = new Set<Connection>();
  second = 0;
  /** The newest connection of each station. */
  readonly #newest = new Map<string, Connection>();
  readonly #connections = new Set<Connection>();
  /** Connections by the second of the ping interval in which they are pinged. */
  readonly #beats: Set<Connection>[];
  readonly #young = new Map<Connection, number>();
  readonly #handshakes = new Map<Duplex, Promise<void>>();
  readonly #perAddress: RateLimit;
  readonly #perPassword = new RateLimit(1 / wrongPasswords.everyS, wrongPasswords.atOnce);
  #server: Server | undefined;
  #plain: WebSocketServer | undefined;
  #compressing: WebSocketServer | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #compressed = 0;
  #isStopping = false;
  /** Second from which a refused handshake is logged again. */
  #nextRefusalAt = 0;

  constructor(options: OcppOptions, { intake, log, metrics, clock }: DriverContext) {
    this.options = options;
    this.intake = intake;
    this.clock = clock;
    this.log = log;
    this.metrics = new OcppMetrics(metrics, () => this.#connections.size);
    this.events = new SecurityEvents({ intake, log, clock });
    this.#beats = Array.from({ length: options.pingIntervalS }, () => new Set<Connection>());
    this.#perAddress = new RateLimit(options.handshakesPerSecond, options.handshakesPerSecond * 5);
  }

  get address(): string | undefined {
    const address = this.#server?.address();
    if (typeof address !== 'object' || address === null) return undefined;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.options.tls.certFile === '' ? 'ws' : 'wss'}://${host}:${address.port}${this.options.path}`;
  }

  async start(): Promise<void> {
    this.#isStopping = false;
    const { options } = this;
    const server = await this.#createServer();
    this.#server = server;
    const common = {
      noServer: true,
      maxPayload: options.maxFrameBytes,
      skipUTF8Validation: true,
      clientTracking: false,
    };
    const handleProtocols = (offered: Set<string>) => this.#choose(offered)?.subprotocol ?? false;
    this.#plain = new WebSocketServer({ ...common, handleProtocols, perMessageDeflate: false });
    this.#compressing = new WebSocketServer({
      ...common,
      handleProtocols,
      perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 },
    });
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    server.on('clientError', (_error, socket) => socket.destroy());
    server.on('tlsClientError', () => this.metrics.handshake('tls-failed'));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port, backlog: 4096 }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.log.error({ err: error }, 'the OCPP port had an error'));
    this.#ticking = setInterval(() => this.#tick(), 1000);
    this.log.info({ address: this.address }, 'OCPP stations may connect');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#ticking);
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#handshakes.keys()) socket.destroy();
    server.closeAllConnections();
    await Promise.all(this.#handshakes.values());
    await Promise.all(Array.from(this.#connections, (connection) => connection.stop()));
    this.#plain?.close();
    this.#compressing?.close();
    await closed;
    this.metrics.flush();
  }

  onClosed(connection: Connection): void {
    this.#connections.delete(connection);
    this.#young.delete(connection);
    for (const beat of this.#beats) beat.delete(connection);
    if (this.#newest.get(connection.stationId) === connection) this.#newest.delete(connection.stationId);
  }

  async #createServer(): Promise<Server> {
    const { handshakeTimeoutS, maxConnections, tls } = this.options;
    const limits = {
      headersTimeout: handshakeTimeoutS * 1000,
      requestTimeout: handshakeTimeoutS * 1000,
      keepAliveTimeout: 1000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 16_384,
    };
    const onRequest = (request: IncomingMessage, response: ServerResponse) => this.#onRequest(request, response);
    const server =
      tls.certFile === ''
        ? createHttpServer(limits, onRequest)
        : createHttpsServer(
            { ...limits, ...(await readTls(tls)), handshakeTimeout: handshakeTimeoutS * 1000 },
            onRequest,
          );
    server.maxConnections = maxConnections + 1024;
    return server;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const isSecure = this.options.tls.certFile !== '';
    const { status, text } = welcome(request.url ?? '/', {
      host: request.headers.host,
      path: this.options.path,
      isSecure,
    });
    response.writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      ...(status === 426 && { Upgrade: 'websocket', Connection: 'Upgrade, close' }),
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', destroy);
    const timer = setTimeout(() => this.#refuse(socket, notNow), this.options.handshakeTimeoutS * 1000);
    const handshake = this.#shake(request, socket, head).finally(() => {
      clearTimeout(timer);
      this.#handshakes.delete(socket);
    });
    this.#handshakes.set(socket, handshake);
  }

  async #shake(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const address = remoteAddressOf(request.socket.remoteAddress, request.headers, this.options.trustProxy);
    const now = this.clock.now().getTime();
    const key = address ?? '';
    if (!this.#perAddress.take(key, now)) return this.#refuse(socket, tooMany);
    const result = await this.#welcome(request, address);
    if ('sentence' in result) {
      if (result !== notNow) this.#perAddress.charge(key, now, failureCost - 1);
      this.#tellRefusal(request.url ?? '/', address, result);
      this.#refuse(socket, result);
      return;
    }
    if (socket.destroyed || this.#isStopping) return;
    socket.off('error', destroy);
    const server =
      this.#compressed < this.options.compression.maxConnections && this.options.compression.enabled
        ? this.#compressing
        : this.#plain;
    server?.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, result));
  }

  /** Everything that is asked before a station may connect, the cheap questions first. */
  async #welcome(request: IncomingMessage, remoteAddress: string | undefined): Promise<Visitor | Refusal> {
    const stationId = identityOf(request.url ?? '/', this.options.path);
    if (typeof stationId !== 'string') return stationId;
    const offered = offeredOf(request.headers['sec-websocket-protocol']);
    const chosen = this.#choose(offered);
    if (chosen === undefined) return noVersion(offered, this.options.allowedVersions);
    if (this.#isStopping || this.#connections.size >= this.options.maxConnections) return notNow;
    const proof = this.#proofOf(request, stationId);
    if ('sentence' in proof) return proof;
    const refusal = await this.#admit(stationId, proof, remoteAddress);
    return refusal ?? { stationId, version: chosen.version, remoteAddress };
  }

  /** What the station shows to prove who it is. */
  #proofOf(request: IncomingMessage, stationId: string): { password?: string; certificateName?: string } | Refusal {
    const { requirePassword, tls } = this.options;
    const isCertified = tls.clientCaFile !== '' && request.socket instanceof TLSSocket;
    const certificateName =
      isCertified && request.socket instanceof TLSSocket ? certificateNameOf(request.socket) : undefined;
    if (certificateName !== undefined)
      return certificateName === stationId ? { certificateName } : toRefusal('certificate-wrong');
    if (isCertified && tls.clientCertificate === 'required') return toRefusal('certificate-wrong');
    if (requirePassword === 'none') return {};
    const offered = passwordOf(request.headers.authorization, stationId);
    if ('sentence' in offered) return offered;
    if (requirePassword === 'always' && offered.password === undefined)
      return unauthorized('Stations need a password here');
    return offered;
  }

  async #admit(
    stationId: string,
    proof: { password?: string; certificateName?: string },
    remoteAddress: string | undefined,
  ): Promise<Refusal | undefined> {
    // A certificate proves more than a password does.
    const requirePassword = proof.certificateName === undefined ? this.options.requirePassword : 'none';
    const key = `${remoteAddress} ${stationId}`;
    const now = this.clock.now().getTime();
    if (!this.#perPassword.has(key, now)) return tooMany;
    try {
      const verdict = await this.intake.admit({
        stationId,
        ...proof,
        ...(remoteAddress !== undefined && { remoteAddress }),
        ...(requirePassword !== 'whenSet' && { requirePassword }),
      });
      if (verdict.admitted) return undefined;
      if (verdict.reason === 'password-wrong' || verdict.reason === 'password-missing') {
        this.#perPassword.charge(key, now, 1);
        void this.events.raise(
          stationId,
          'FailedAuthentication',
          `${verdict.reason} from ${remoteAddress ?? 'an unknown address'}`,
        );
      }
      return toRefusal(verdict.reason);
    } catch (error) {
      this.log.warn({ stationId, err: error }, 'a station could not be looked up and is told to come back later');
      return notNow;
    }
  }

  #choose(offered: Iterable<string>) {
    const { allowedVersions, mode } = this.options;
    return chooseVersion(offered, { allowed: allowedVersions, lenient: mode === 'lenient' });
  }

  #accept(socket: WebSocket, welcomed: Visitor): void {
    this.metrics.handshake('accepted');
    if (socket.extensions !== '') {
      this.#compressed++;
      socket.once('close', () => this.#compressed--);
    }
    const older = this.#newest.get(welcomed.stationId);
    const connection = new Connection(socket, welcomed, this);
    this.#newest.set(welcomed.stationId, connection);
    this.#connections.add(connection);
    this.#young.set(connection, this.second);
    this.#beats[this.second % this.#beats.length]?.add(connection);
    connection.open(older);
  }

  /** What keeps a charger out is what its owner looks for first; but one that tries all the time must not fill the log. */
  #tellRefusal(url: string, remoteAddress: string | undefined, { status, sentence }: Refusal): void {
    const fields = { url: url.slice(0, 200), remoteAddress, status, reason: sentence };
    const isTold = this.second < this.#nextRefusalAt;
    this.log[isTold ? 'debug' : 'info'](fields, 'a station was not let in');
    if (!isTold) this.#nextRefusalAt = this.second + 1;
  }

  #refuse(socket: Duplex, refusal: Refusal): void {
    if (socket.destroyed || socket.writableEnded) return;
    this.metrics.handshake(refusal.result);
    socket.end(toHttp(refusal));
    // Who does not close its side must not keep the socket.
    setTimeout(() => socket.destroy(), 1000).unref();
  }

  #tick(): void {
    this.second++;
    for (const connection of this.#beats[this.second % this.#beats.length] ?? []) connection.beat();
    for (const [connection, since] of this.#young) {
      if (connection.grow(this.second - since)) this.#young.delete(connection);
    }
    for (const connection of this.slowed) if (connection.recover()) this.slowed.delete(connection);
    this.metrics.flush();
    if (this.second % 60 !== 0) return;
    const now = this.clock.now().getTime();
    this.#perAddress.sweep(now);
    this.#perPassword.sweep(now);
    this.events.sweep();
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}
