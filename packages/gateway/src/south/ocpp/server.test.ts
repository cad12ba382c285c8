import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { OcppSocket } from '../../../test/support/ocpp-socket.ts';
import { startOcpp } from '../../../test/support/ocpp-server.ts';
import { exchange } from '../../../test/support/tcp.ts';
import { UnavailableError } from '../../domain/errors.ts';
import { LinkError } from '../../ports/south.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(...given: Parameters<typeof startOcpp>) {
  const started = await startOcpp(...given);
  running.push(started.server);
  return started;
}

const boot = { chargePointVendor: 'V', chargePointModel: 'M' };

async function open(url: string, protocols: string | string[] = 'ocpp1.6', options: object = {}): Promise<OcppSocket> {
  const station = new OcppSocket(url, protocols, options);
  expect(await station.opened).toBeUndefined();
  return station;
}

const basic = (user: string, password: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});

describe('a handshake', () => {
  test('ends in the version the gateway prefers of those offered', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`, ['ocpp1.6', 'ocpp2.0.1']);
    expect(station.socket.protocol).toBe('ocpp2.0.1');
    await intake.until(() => intake.reportsOf('Connected').length > 0);
    expect(intake.reports[0]).toEqual({
      stationId: 'CP1',
      report: { type: 'Connected', protocol: 'ocpp2.0.1', remoteAddress: '127.0.0.1' },
    });
    await station.end();
  });

  test('that offers no version, or none that is spoken, is refused with the names of those that are', async () => {
    const { url, intake } = await start();
    for (const offered of [[], ['ocpp1.5'], ['soap', 'mqtt']]) {
      const refused = await new OcppSocket(`${url}/CP1`, offered).opened;
      expect(refused).toMatchObject({ status: 400, body: expect.stringContaining('ocpp2.1, ocpp2.0.1, ocpp1.6') });
    }
    expect(intake.admissions).toEqual([]);
  });

  test('of a URL that names no station is refused, and leaves no trace', async () => {
    const { url, intake, metrics } = await start();
    for (const path of ['', '/', '/%zz', `/${'x'.repeat(60)}`]) {
      expect(await new OcppSocket(`${url}${path}`).opened).toMatchObject({ status: 400 });
    }
    expect(await new OcppSocket(`${url}/a/b`).opened).toMatchObject({ status: 404 });
    expect(intake.admissions).toEqual([]);
    expect(metrics.counts.get('ocpp_handshakes_total{"result":"bad-identity"}')).toBe(4);
  });

  test.each([
    ['unknown', 404],
    ['refused', 403],
    ['password-missing', 401],
    ['password-wrong', 401],
    ['certificate-wrong', 403],
  ] as const)('that the intake calls %s is answered %i', async (reason, status) => {
    const { url, intake } = await start();
    intake.verdict = () => ({ admitted: false, reason });
    const refused = await new OcppSocket(`${url}/CP1`).opened;
    expect(refused?.status).toBe(status);
    expect(String(refused?.headers['www-authenticate']).startsWith('Basic')).toBe(status === 401);
  });

  test('hands the password over, and refuses a user who is not the station', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`, 'ocpp1.6', basic('CP1', 'pass:word'));
    expect(intake.admissions).toEqual([{ stationId: 'CP1', password: 'pass:word', remoteAddress: '127.0.0.1' }]);
    expect(await new OcppSocket(`${url}/CP1`, 'ocpp1.6', basic('CP2', 'pass:word')).opened).toMatchObject({
      status: 401,
    });
    await station.end();
  });

  test('without a password is refused where one is always required', async () => {
    const { url, intake } = await start({ requirePassword: 'always' });
    expect(await new OcppSocket(`${url}/CP1`).opened).toMatchObject({ status: 401 });
    expect(intake.admissions).toEqual([]);
  });

  test('with wrong passwords raises a security event about a known station, and is slowed down', async () => {
    const { url, intake } = await start();
    const known = await open(`${url}/CP1`);
    await known.end();
    intake.verdict = () => ({ admitted: false, reason: 'password-wrong' });
    const statuses: (number | undefined)[] = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await new OcppSocket(`${url}/CP1`, 'ocpp1.6', basic('CP1', 'x')).opened)?.status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    await intake.until(() => intake.reportsOf('SecurityEventNotification').length > 0);
    expect(intake.reportsOf('SecurityEventNotification')).toMatchObject([
      { event: 'FailedAuthentication', raisedBy: 'gateway', techInfo: 'password-wrong from 127.0.0.1' },
    ]);
    await new OcppSocket(`${url}/STRANGER`, 'ocpp1.6', basic('STRANGER', 'x')).opened;
    expect(intake.stations.has('STRANGER')).toBe(false);
  });

  test('is told to come back when the store does not answer', async () => {
    const { url, intake } = await start();
    intake.verdict = () => Promise.reject(new UnavailableError('disk full'));
    expect(await new OcppSocket(`${url}/CP1`).opened).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
  });

  test('is told to come back when there are too many stations', async () => {
    const { url } = await start({ maxConnections: 1 });
    const station = await open(`${url}/CP1`);
    expect(await new OcppSocket(`${url}/CP2`).opened).toMatchObject({ status: 503 });
    await station.end();
  });

  test('that fails again and again is answered 429', async () => {
    const { url } = await start({ handshakesPerSecond: 4 });
    expect(await new OcppSocket(`${url}/`).opened).toMatchObject({ status: 400 });
    expect(await new OcppSocket(`${url}/`).opened).toMatchObject({ status: 429 });
    expect(await new OcppSocket(`${url}/CP1`).opened).toMatchObject({ status: 429, headers: { 'retry-after': '10' } });
  });

  test('that never ends is ended', async () => {
    const { url } = await start({ handshakeTimeoutS: 1 });
    const answers = await Promise.all([
      exchange(url, ''),
      exchange(url, 'GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    ]);
    expect(answers.every((answer) => answer === '' || answer.startsWith('HTTP/1.1 408'))).toBe(true);
  });

  test('that waits too long for the intake is given up', async () => {
    const { url, intake, server } = await start({ handshakeTimeoutS: 1 });
    const held = Promise.withResolvers<void>();
    intake.verdict = async () => {
      await held.promise;
      return { admitted: true, admission: 'admitted' };
    };
    expect(await new OcppSocket(`${url}/CP1`).opened).toMatchObject({ status: 503 });
    held.resolve();
    await server.stop();
    expect(intake.reports).toEqual([]);
  });

  test.each([
    [
      'no key',
      'GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n',
    ],
    [
      'an old version',
      'GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n',
    ],
    [
      'another upgrade',
      'GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n',
    ],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
    ['a huge header', `GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
  ])('with %s is refused without harm', async (_name, text) => {
    const { url } = await start();
    expect(await exchange(url, text)).not.toMatch(/^HTTP\/1.1 101/);
    const station = await open(`${url}/CP2`);
    await station.end();
  });

  test('by plain HTTP is told what this is and which URL to use', async () => {
    const { url } = await start();
    const http = url.replace('ws:', 'http:').replace('/ocpp', '');
    const response = await fetch(http);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`${url}/<identity>`);
    expect((await fetch(`${http}/ocpp/CP1`)).status).toBe(426);
  });
});

describe('a station', () => {
  test('boots over 1.6 and is answered after its report was taken', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`);
    expect(await station.call('1', 'BootNotification', boot)).toEqual([
      3,
      '1',
      { status: 'Accepted', interval: 300, currentTime: '2026-05-04T08:15:00.000Z' },
    ]);
    expect(intake.reports.map(({ report }) => report.type)).toEqual(['Connected', 'BootNotification']);
    expect(intake.messages.map(({ direction, kind, action }) => `${direction} ${kind} ${action}`)).toEqual([
      'in CALL BootNotification',
      'out CALLRESULT BootNotification',
    ]);
    await station.end();
    await intake.until(() => intake.reportsOf('Disconnected').length > 0);
    expect(intake.links.size).toBe(0);
  });

  test('that is held boots Pending, and nothing it says is refused', async () => {
    const { url, intake } = await start();
    intake.verdict = () => ({ admitted: true, admission: 'held' });
    const station = await open(`${url}/CP1`, 'ocpp2.0.1');
    const chargingStation = { model: 'M', vendorName: 'V' };
    const answer = await station.call('1', 'BootNotification', { reason: 'PowerUp', chargingStation });
    expect(answer).toMatchObject([3, '1', { status: 'Pending' }]);
    const started = {
      eventType: 'Started',
      seqNo: 0,
      timestamp: '2026-05-04T08:15:00Z',
      triggerReason: 'Authorized',
      transactionInfo: { transactionId: 'T1' },
      evse: { id: 1 },
    };
    expect(await station.call('2', 'TransactionEvent', started)).toMatchObject([3, '2', {}]);
    await station.end();
  });

  test('is answered InternalError when its message cannot be stored, and is heard when it sends it again', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`);
    intake.before = () => {
      throw new UnavailableError('disk full');
    };
    expect(await station.call('1', 'BootNotification', boot)).toMatchObject([
      4,
      '1',
      'InternalError',
      expect.any(String),
      {},
    ]);
    expect(await station.call('2', 'Heartbeat', {})).toMatchObject([3, '2', {}]);
    intake.before = () => {};
    expect(await station.call('3', 'BootNotification', boot)).toMatchObject([3, '3', {}]);
    await station.end();
  });

  test('gets no command before its boot is answered', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`);
    const booting = Promise.withResolvers<void>();
    intake.before = () => booting.promise;
    station.send([2, '1', 'BootNotification', boot]);
    await intake.until(() => intake.reportsOf('BootNotification').length > 0);
    const link = await intake.linkOf('CP1');
    let sent = false;
    const reset = link.reset?.({ type: 'reset', mode: 'OnIdle' }, { onSent: () => (sent = true) });
    expect(await station.callNothing()).toEqual([]);
    expect(sent).toBe(false);
    booting.resolve();
    const [, id] = await station.request('Reset');
    expect(station.frames.map((frame) => (Array.isArray(frame) ? frame[0] : frame))).toEqual([3, 2]);
    expect(sent).toBe(true);
    station.send([3, id, { status: 'Accepted' }]);
    expect(await reset).toMatchObject({ accepted: true, status: 'Accepted' });
    await station.end();
  });

  test('that has only just connected is left alone for a while', async () => {
    const { url, intake } = await start({ bootGraceS: 1 });
    const station = await open(`${url}/CP1`);
    const link = await intake.linkOf('CP1');
    const cleared = link.clearCache?.({ type: 'clearCache' }, {});
    expect(await station.callNothing()).toEqual([]);
    const [, id] = await station.request('ClearCache');
    station.send([3, id, { status: 'Rejected' }]);
    expect(await cleared).toMatchObject({ accepted: false });
    await station.end();
  });

  test('that is admitted and has told nothing of itself is asked', async () => {
    const { url } = await start({ discoverAfterS: 1 });
    const station = await open(`${url}/CP1`);
    const [, id, , payload] = await station.request('TriggerMessage');
    expect(payload).toEqual({ requestedMessage: 'BootNotification' });
    station.send([3, id, { status: 'Accepted' }]);
    await station.frame((frame) => frame[2] === 'TriggerMessage' && frame[1] !== id);
    expect(station.frames.at(-1)).toMatchObject([
      2,
      expect.any(String),
      'TriggerMessage',
      { requestedMessage: 'StatusNotification' },
    ]);
    await station.end();
  });

  test('that does not answer a command fails it, and the connection lives on', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`);
    const link = await intake.linkOf('CP1');
    const failed = link.clearCache?.({ type: 'clearCache' }, { timeoutMs: 50 });
    await expect(failed).rejects.toMatchObject({ failure: 'Timeout', sent: true });
    const error = link.clearCache?.({ type: 'clearCache' }, {});
    const [, id] = await station.frame((frame) => frame[2] === 'ClearCache' && frame !== station.frames[0]);
    station.send([4, id, 'NotSupported', 'no cache', { a: 1 }]);
    await expect(error).rejects.toMatchObject({
      failure: 'CallError',
      sent: true,
      callError: { errorCode: 'NotSupported', errorDescription: 'no cache', errorDetails: { a: 1 } },
    });
    const lost = link.clearCache?.({ type: 'clearCache' }, {});
    const aborted = link.clearCache?.({ type: 'clearCache' }, { signal: AbortSignal.abort() });
    lost?.catch(() => {});
    aborted?.catch(() => {});
    await station.frame((frame) => frame[2] === 'ClearCache' && station.frames.indexOf(frame) === 2);
    await station.end();
    await expect(lost).rejects.toMatchObject({ failure: 'ConnectionLost', sent: true });
    await expect(aborted).rejects.toBeInstanceOf(LinkError);
    await expect(aborted).rejects.toMatchObject({ sent: false });
  });

  test('that does not answer a ping is disconnected', async () => {
    const { url, intake } = await start({ pingIntervalS: 1 });
    const deaf = await open(`${url}/CP1`, 'ocpp1.6', { autoPong: false });
    const alive = await open(`${url}/CP2`);
    expect((await deaf.closed).code).toBe(1006);
    await intake.until(() => intake.reportsOf('Disconnected').length > 0);
    expect(intake.reports.at(-1)).toEqual({
      stationId: 'CP1',
      report: { type: 'Disconnected', reason: 'no answer to a ping' },
    });
    expect(await alive.call('1', 'Heartbeat', {})).toMatchObject([3, '1', {}]);
    await alive.end();
  });
});

describe('two connections of one identity', () => {
  test('the newer one serves, the older one finishes what it had sent and is closed', async () => {
    const { url, intake } = await start();
    const older = await open(`${url}/CP1`);
    await intake.linkOf('CP1');
    const held = Promise.withResolvers<void>();
    intake.before = (report) => (report.type === 'BootNotification' ? held.promise : undefined);
    older.send([2, 'old', 'BootNotification', boot]);
    await intake.until(() => intake.reportsOf('BootNotification').length > 0);
    const newer = await open(`${url}/CP1`);
    newer.send([2, 'new', 'Heartbeat', {}]);
    expect(intake.reportsOf('Connected')).toHaveLength(1);
    held.resolve();
    expect(await older.answerTo('old')).toMatchObject([3, 'old', {}]);
    expect(await newer.answerTo('new')).toMatchObject([3, 'new', {}]);
    expect(newer.frames).toHaveLength(1);
    expect(await older.closed).toEqual({ code: 1008, reason: 'replaced by a newer connection' });
    expect(intake.reports.map(({ report }) => report.type).slice(0, 4)).toEqual([
      'Connected',
      'BootNotification',
      'Disconnected',
      'Connected',
    ]);
    await intake.until(() => intake.reportsOf('SecurityEventNotification').length > 0);
    expect(intake.reportsOf('SecurityEventNotification')).toMatchObject([{ event: 'DuplicateIdentity' }]);
    const link = await intake.linkOf('CP1');
    link.clearCache?.({ type: 'clearCache' }, {}).catch(() => {});
    await newer.request('ClearCache');
    expect(older.frames).toHaveLength(1);
    await newer.end();
    await intake.until(() => intake.reportsOf('Disconnected').length === 2);
  });

  test('a dead older one is ended without a security event, and its commands fail', async () => {
    const { url, intake } = await start({ duplicateProbeS: 1 });
    const older = await open(`${url}/CP1`, 'ocpp1.6', { autoPong: false });
    const link = await intake.linkOf('CP1');
    const lost = link.clearCache?.({ type: 'clearCache' }, {});
    lost?.catch(() => {});
    await older.request('ClearCache');
    const newer = await open(`${url}/CP1`);
    expect(await newer.call('1', 'Heartbeat', {})).toMatchObject([3, '1', {}]);
    expect((await older.closed).code).toBe(1006);
    await expect(lost).rejects.toMatchObject({ failure: 'ConnectionLost' });
    expect(intake.reportsOf('SecurityEventNotification')).toEqual([]);
    expect(newer.frames).toHaveLength(1);
    await newer.end();
  });

  test('of many at once the last one serves', async () => {
    const { url, intake, metrics } = await start({ duplicateProbeS: 1 });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(`${url}/CP1`)));
    const answered = sockets.map((socket) => {
      socket.send([2, 'x', 'Heartbeat', {}]);
      return socket.answerTo('x').catch(() => undefined);
    });
    expect((await Promise.any(answered))?.[0]).toBe(3);
    const open16 = () => sockets.filter((socket) => socket.socket.readyState === 1);
    await intake.until(() => open16().length === 1);
    await intake.until(() => metrics.gauges.get('ocpp_connections')?.() === 1);
    const [last] = open16();
    expect(await last?.call('y', 'Heartbeat', {})).toMatchObject([3, 'y', {}]);
    await last?.end();
  });
});

test('a call that is not answered in time is counted', async () => {
  const { url, intake, metrics } = await start();
  const station = await open(`${url}/CP1`);
  const link = await intake.linkOf('CP1');
  await expect(link.clearCache?.({ type: 'clearCache' }, { timeoutMs: 10 })).rejects.toMatchObject({
    failure: 'Timeout',
  });
  expect(metrics.counts.get('ocpp_call_timeouts_total')).toBe(1);
  await station.end();
});

describe('what no station should send', () => {
  test('a binary frame, bad UTF-8 and no JSON cost one CALLERROR each, and the next message is served', async () => {
    const { url } = await start();
    const station = await open(`${url}/CP1`, 'ocpp2.0.1');
    station.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    station.socket.send(Buffer.from([0x5b, 0xff, 0xfe]), { binary: false });
    station.socket.send('nonsense');
    station.socket.send('[2,"4","NoSuchAction",{}]');
    expect(await station.call('5', 'Heartbeat', {})).toMatchObject([3, '5', {}]);
    expect(station.frames.map((frame) => (Array.isArray(frame) ? [frame[0], frame[1]] : frame))).toEqual([
      [4, '-1'],
      [4, '-1'],
      [4, '-1'],
      [4, '4'],
      [3, '5'],
    ]);
    await station.end();
  });

  test('a frame that is too long ends the connection, and is in the message log', async () => {
    const { url, intake } = await start({ maxFrameBytes: 4096 });
    const station = await open(`${url}/CP1`);
    station.socket.send('x'.repeat(5000));
    expect((await station.closed).code).toBe(1009);
    expect(intake.messages.at(-1)).toMatchObject({ kind: 'INVALID', notes: [expect.stringContaining('4096')] });
  });

  test('many invalid messages raise one security event', async () => {
    const { url, intake } = await start();
    const station = await open(`${url}/CP1`);
    for (let i = 0; i < 60; i++) station.send([2, `${i}`, 'NoSuchAction', {}]);
    await station.answerTo('59');
    await intake.until(() => intake.reportsOf('SecurityEventNotification').length > 0);
    expect(intake.reportsOf('SecurityEventNotification')).toMatchObject([{ event: 'InvalidMessages' }]);
    await station.end();
  });

  test('a flood is refused, then ended with a security event, and another station does not notice', async () => {
    const { url, intake } = await start({ maxUnanswered: 50 });
    const other = await open(`${url}/CP2`);
    const flooder = await open(`${url}/CP1`);
    const held = Promise.withResolvers<void>();
    intake.before = (_report, stationId) => (stationId === 'CP1' ? held.promise : undefined);
    for (let i = 0; i < 200; i++) flooder.send([2, `${i}`, 'Authorize', { idTag: 'T' }]);
    expect((await flooder.closed).code).toBe(1008);
    expect(await other.call('1', 'Heartbeat', {})).toMatchObject([3, '1', {}]);
    held.resolve();
    await intake.until(() => intake.reportsOf('SecurityEventNotification').length > 0);
    expect(intake.reportsOf('SecurityEventNotification')).toMatchObject([{ event: 'MessageFlood' }]);
    await other.end();
  });

  test('a station that is too fast is slowed down, and loses nothing', async () => {
    const { url, intake } = await start({ messagesPerSecond: 5 });
    const station = await open(`${url}/CP1`);
    const startedAt = performance.now();
    for (let i = 0; i < 55; i++) await station.call(`${i}`, 'Heartbeat', {});
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    expect(intake.seenStations.length).toBeGreaterThanOrEqual(55);
    await station.end();
  });

  test('a station that stays too fast is ended with a security event', async () => {
    const { url, intake } = await start({ messagesPerSecond: 5, maxSlowedS: 1 });
    const station = await open(`${url}/CP1`);
    for (let i = 0; i < 500; i++) station.send([2, `${i}`, 'Heartbeat', {}]);
    expect(await station.closed).toEqual({ code: 1008, reason: 'too many messages' });
    await intake.until(() => intake.reportsOf('SecurityEventNotification').length > 0);
    expect(intake.reportsOf('SecurityEventNotification')).toMatchObject([
      { event: 'MessageFlood', techInfo: expect.stringContaining('slowed down for more than 1 s') },
    ]);
  });

  test('a flooder that does not heed the end of its connection is cut off', async () => {
    const { url, intake } = await start({ maxUnanswered: 50 });
    const flooder = await open(`${url}/CP1`);
    intake.before = (report) => (report.type === 'Authorize' ? new Promise(() => {}) : undefined);
    for (let i = 0; i < 200; i++) flooder.send([2, `${i}`, 'Authorize', { idTag: 'T' }]);
    await intake.until(() => intake.reportsOf('Authorize').length > 0);
    flooder.socket.pause();
    await intake.until(() => intake.reportsOf('Disconnected').length > 0);
    expect(intake.links.size).toBe(0);
    flooder.socket.resume();
    await flooder.closed;
  });

  test('a storm of 200 connections that close at once leaves nothing, and a fresh station is served', async () => {
    const { url, intake, metrics } = await start();
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const socket = new OcppSocket(`${url}/STORM${i}`);
        if (i % 3 === 0) socket.socket.terminate();
        else await socket.opened.then(() => socket.end());
      }),
    );
    const station = await open(`${url}/FRESH`);
    expect(await station.call('1', 'BootNotification', boot)).toMatchObject([3, '1', { status: 'Accepted' }]);
    await intake.until(() => metrics.gauges.get('ocpp_connections')?.() === 1);
    expect(intake.links.size).toBe(1);
    await station.end();
  });
});

describe('stop', () => {
  test('waits for no answer to a request that was only sent twice', async () => {
    const { url, intake, server } = await start({ stopGraceS: 60 });
    const station = await open(`${url}/CP1`);
    const held = Promise.withResolvers<void>();
    intake.before = (report) => (report.type === 'Authorize' ? held.promise : undefined);
    for (let i = 0; i < 2; i++) station.send([2, '1', 'Authorize', { idTag: 'T' }]);
    await intake.until(() => intake.messages.some(({ verdict }) => verdict === 'duplicate'));
    held.resolve();
    await station.answerTo('1');
    await server.stop();
    expect((await station.closed).code).toBe(1001);
  });

  test('finishes what was received, says good-bye and leaves nothing open', async () => {
    const { url, intake, server } = await start();
    const stations = await Promise.all(['CP1', 'CP2'].map((id) => open(`${url}/${id}`)));
    const { hostname, port } = new URL(url);
    const idle = connect({ host: hostname, port: Number(port) });
    await once(idle, 'connect');
    const held = Promise.withResolvers<void>();
    intake.before = (report) => (report.type === 'BootNotification' ? held.promise : undefined);
    stations[0]?.send([2, '1', 'BootNotification', boot]);
    await intake.until(() => intake.reportsOf('BootNotification').length > 0);
    const stopped = server.stop();
    held.resolve();
    await stopped;
    expect(await stations[0]?.answerTo('1')).toMatchObject([3, '1', {}]);
    for (const station of stations) expect((await station.closed).code).toBe(1001);
    expect(intake.reportsOf('Disconnected').map(({ reason }) => reason)).toEqual([
      'the gateway stops',
      'the gateway stops',
    ]);
    expect(intake.links.size).toBe(0);
    await server.stop();
    await expect(exchange(url, '')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('is safe twice', async () => {
    const { server } = await start();
    await server.stop();
    await expect(server.stop()).resolves.toBeUndefined();
  });

  test('ends a station that does not say good-bye', async () => {
    const { url, server } = await start({ stopGraceS: 1 });
    const station = await open(`${url}/CP1`);
    station.socket.pause();
    await server.stop();
    station.socket.resume();
    expect((await station.closed).code).toBe(1001);
  });
});
