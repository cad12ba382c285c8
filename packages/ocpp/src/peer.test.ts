import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gate, heads, lastId, peerOf, settled } from '../test/harness.ts';
import { OcppConnectionClosed, OcppError, OcppQueueFull, OcppTimeout, Peer, type v16 } from './index.ts';

const time = { currentTime: '2026-05-04T08:15:00Z' };
const token = { idToken: 'x', type: 'Central' } as const;

describe('requests from the other side', () => {
  it('answers at once when the handler does', () => {
    const { exchange, records } = peerOf('1.6', { Heartbeat: () => time });
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([[3, '1', time]]);
    expect(records).toMatchObject([
      {
        direction: 'in',
        kind: 'CALL',
        messageId: '1',
        action: 'Heartbeat',
        verdict: 'ok',
        text: '[2,"1","Heartbeat",{}]',
      },
      { direction: 'out', kind: 'CALLRESULT', messageId: '1', action: 'Heartbeat', verdict: 'ok' },
    ]);
  });

  it('hands the handler its request, the message id, and itself as this', () => {
    const seen: unknown[] = [];
    const handlers = {
      seen,
      Authorize(request: v16.AuthorizeRequest, context: unknown): v16.AuthorizeResponse {
        this.seen.push([request, context]);
        return { idTagInfo: { status: 'Accepted' } };
      },
    };
    const { exchange } = peerOf('1.6', handlers);
    expect(exchange([2, '1', 'Authorize', { idTag: 'x' }])).toEqual([[3, '1', { idTagInfo: { status: 'Accepted' } }]]);
    expect(seen).toEqual([[{ idTag: 'x' }, { messageId: '1', notes: [] }]]);
  });

  it.each([
    ['1.6', [2, '1', 'Nonsense', {}], 'NotImplemented', 'unknown'],
    ['1.6', [2, '1', '__proto__', {}], 'NotImplemented', 'unknown'],
    ['1.6', [2, '1', 'constructor', {}], 'NotImplemented', 'unknown'],
    ['1.6', [2, '1', 'toString', {}], 'NotImplemented', 'unknown'],
    ['1.6', [2, '1', 'Reset', { type: 'Soft' }], 'NotSupported', 'ok'],
    ['2.0.1', [2, '1', 'Reset', { type: 'Immediate' }], 'NotSupported', 'ok'],
    ['2.0.1', [2, '1', 'StartTransaction', {}], 'NotImplemented', 'unknown'],
    ['1.6', [2, '1', 'Heartbeat', { a: 1 }], 'FormationViolation', 'invalid'],
    ['2.0.1', [2, '1', 'Heartbeat', { a: 1 }], 'FormatViolation', 'invalid'],
    ['1.6', [2, '1', 'Authorize', {}], 'OccurenceConstraintViolation', 'invalid'],
    ['2.1', [2, '1', 'Authorize', {}], 'OccurrenceConstraintViolation', 'invalid'],
    ['2.1', [2, '1', 'NotifyPeriodicEventStream', {}], 'MessageTypeNotSupported', 'invalid'],
  ] as const)('OCPP %s answers %j with %s', (version, frame, code, verdict) => {
    const { exchange, records } = peerOf(version, { Heartbeat: () => time });
    expect(exchange(frame)).toMatchObject([[4, '1', code, expect.any(String), expect.any(Object)]]);
    expect(records).toMatchObject([
      { direction: 'in', verdict },
      { direction: 'out', kind: 'CALLERROR' },
    ]);
  });

  it.each([
    ['1.6', '{Malformed', '-1', 'GenericError'],
    ['1.6', '[]', '-1', 'GenericError'],
    ['1.6', '[2,"7","Heart', '7', 'FormationViolation'],
    ['1.6', '[2,"7","Heartbeat",null]', '7', 'FormationViolation'],
    ['2.0.1', '{Malformed', '-1', 'RpcFrameworkError'],
    ['2.0.1', '[2]', '-1', 'RpcFrameworkError'],
    ['2.0.1', '[]', '-1', 'RpcFrameworkError'],
    ['2.0.1', '[99,"7","Heartbeat",{}]', '7', 'MessageTypeNotSupported'],
    ['2.0.1', '[6,"7","Heartbeat",{}]', '7', 'MessageTypeNotSupported'],
    ['2.0.1', '[5,"7","X","",{}]', '7', 'MessageTypeNotSupported'],
    ['2.1', '[2,7,"Heartbeat",{}]', '-1', 'RpcFrameworkError'],
    ['2.1', '[2,"7","Nonsense","string payload"]', '7', 'FormatViolation'],
  ] as const)('OCPP %s answers the frame %s with id %s and %s (5.2 cases 22, 23, 55)', (version, text, id, code) => {
    const { exchange, records } = peerOf(version, { Heartbeat: () => time });
    expect(exchange(text)).toMatchObject([[4, id, code, expect.any(String), {}]]);
    expect(records[0]).toMatchObject({ kind: 'INVALID', verdict: 'invalid', notes: [expect.any(String)] });
    expect(exchange([2, 'next', 'Heartbeat', {}])).toEqual([[3, 'next', time]]);
  });

  it.each([
    ['1.6', '[99,"7","Heartbeat",{}]'],
    ['1.6', '[6,"7","Heartbeat",{}]'],
    ['2.1', '[6,"7","NotifyPeriodicEventStream"]'],
    ['2.1', '[5,"7"'],
    ['2.0.1', '[3,7,{"a"'],
    ['2.1', '[5,"7","x","",{}]'],
    ['2.1', '[6,"7","Nonsense",{}]'],
    ['2.1', '[6,"7","Heartbeat",{}]'],
    ['2.1', '[6,"7","NotifyPeriodicEventStream",{}]'],
    ['1.6', '[3,"7","no object"]'],
    ['1.6', '[4,"7","GenericError","",{}]'],
    ['2.0.1', '[3,"7"'],
  ] as const)('OCPP %s records %s and answers nothing', (version, text) => {
    const { exchange, records } = peerOf(version, { Heartbeat: () => time });
    expect(exchange(text)).toEqual([]);
    expect(records).toHaveLength(1);
  });

  it('answers bytes that are no UTF-8, and binary frames, once', () => {
    const { peer, out, records } = peerOf('2.0.1', { Heartbeat: () => time });
    peer.receiveBytes(Buffer.from('[2,"1","Heartbeat",{}]'));
    peer.receiveBytes(Uint8Array.of(0x5b, 0xff, 0x5d));
    peer.receiveBinary(17);
    expect(out.map((text) => JSON.parse(text).slice(0, 3))).toEqual([
      [3, '1', time],
      [4, '-1', 'RpcFrameworkError'],
      [4, '-1', 'RpcFrameworkError'],
    ]);
    expect(records.filter(({ kind }) => kind === 'INVALID').map(({ text }) => text)).toEqual([
      '<3 bytes that are not UTF-8>',
      '<binary frame of 17 bytes>',
    ]);
    peer.close();
    peer.receiveBinary(1);
    peer.receive('x');
    expect(out).toHaveLength(3);
  });

  it('refuses a frame that is too long, and records its beginning', () => {
    const { exchange, records } = peerOf('1.6', {}, { maxFrameChars: 5000 });
    expect(heads(exchange([2, '1', 'DataTransfer', { vendorId: 'x', data: 'y'.repeat(5000) }]))).toEqual([
      [4, '1', 'FormationViolation'],
    ]);
    expect(records[0]?.text).toHaveLength(4097);
  });

  it('sends a handler’s OcppError, and tells nothing of any other', async () => {
    const { exchange, peer, out } = peerOf('1.6', {
      Heartbeat: () => {
        throw new OcppError('SecurityError', 'no', { a: 1 });
      },
      Authorize: async () => {
        throw new OcppError('OccurrenceConstraintViolation', 'too many');
      },
      DataTransfer: () => {
        throw new Error('password is 1234');
      },
    });
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([[4, '1', 'SecurityError', 'no', { a: 1 }]]);
    expect(exchange([2, '2', 'DataTransfer', { vendorId: 'x' }])).toEqual([[4, '2', 'InternalError', '', {}]]);
    peer.receive('[2,"3","Authorize",{"idTag":"x"}]');
    await settled();
    expect(JSON.parse(out.at(-1) ?? '')).toEqual([4, '3', 'OccurenceConstraintViolation', 'too many', {}]);
  });

  it.each([undefined, null, 7, 'x', [], { big: 1n }])('answers InternalError when a handler returns %s', (response) => {
    const handlers: Record<string, () => unknown> = { Heartbeat: () => response };
    const { exchange, records } = peerOf('1.6', Object(handlers));
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([[4, '1', 'InternalError', '', {}]]);
    expect(records.at(-1)?.notes).toEqual(["the handler's answer: no JSON object"]);
  });

  it('checks what handlers answer only when asked to', () => {
    const handlers = { Heartbeat: () => ({ currentTime: 'noon' }) };
    expect(peerOf('1.6', handlers).exchange([2, '1', 'Heartbeat', {}])).toMatchObject([
      [3, '1', { currentTime: 'noon' }],
    ]);
    const checked = peerOf('1.6', handlers, { validateResponses: true });
    expect(checked.exchange([2, '1', 'Heartbeat', {}])).toMatchObject([[4, '1', 'InternalError', '', {}]]);
    expect(checked.records.at(-1)?.notes?.[0]).toContain('/currentTime must be an RFC 3339 date-time');
    const right = peerOf('1.6', { Heartbeat: () => time }, { validateResponses: true });
    expect(right.exchange([2, '1', 'Heartbeat', {}])).toEqual([[3, '1', time]]);
  });

  it('handles one request at a time, in order, synchronous ones included', async () => {
    const first = gate<v16.AuthorizeResponse>();
    const started: string[] = [];
    const { peer, out } = peerOf('1.6', {
      Authorize: ({ idTag }) => {
        started.push(idTag);
        return idTag === 'slow' ? first.promise : { idTagInfo: { status: 'Accepted' } };
      },
      Heartbeat: () => time,
    });
    peer.receive('[2,"1","Authorize",{"idTag":"slow"}]');
    peer.receive('[2,"2","Authorize",{"idTag":"a"}]');
    peer.receive('[2,"3","Heartbeat",{}]');
    await settled();
    expect([started, out]).toEqual([['slow'], []]);
    first.resolve({ idTagInfo: { status: 'Blocked' } });
    await settled();
    expect(started).toEqual(['slow', 'a']);
    expect(out.map((text) => JSON.parse(text)[1])).toEqual(['1', '2', '3']);
  });

  it('queues what arrives while a synchronous handler runs', () => {
    const { peer, out } = peerOf('1.6', {
      Authorize: () => {
        peer.receive('[2,"2","Heartbeat",{}]');
        return { idTagInfo: { status: 'Accepted' } };
      },
      Heartbeat: () => time,
    });
    peer.receive('[2,"1","Authorize",{"idTag":"a"}]');
    expect(out.map((text) => JSON.parse(text)[1])).toEqual(['1', '2']);
  });

  it('says what is no frame, and answers it whatever comes of that', () => {
    const heard: string[] = [];
    const onInvalid = (description: string) => {
      heard.push(description);
      throw new Error('not our problem');
    };
    const { exchange } = peerOf('1.6', {}, { onInvalid });
    expect(heads(exchange('{Malformed'))).toEqual([[4, '-1', 'GenericError']]);
    expect(heard).toEqual(['not JSON']);
  });

  it('answers a flood with errors, one each, and says so', async () => {
    const slow = gate<v16.HeartbeatResponse>();
    let floods = 0;
    const { peer, out } = peerOf(
      '1.6',
      { Heartbeat: () => slow.promise },
      {
        maxWaitingRequests: 2,
        onFlood: () => {
          floods++;
          throw new Error('not our problem');
        },
      },
    );
    for (let i = 0; i < 6; i++) peer.receive(`[2,"${i}","Heartbeat",{}]`);
    expect(out.map((text) => JSON.parse(text).slice(0, 3))).toEqual(
      ['3', '4', '5'].map((id) => [4, id, 'InternalError']),
    );
    expect(floods).toBe(3);
    slow.resolve(time);
    await settled();
    expect(out).toHaveLength(6);
    const { exchange } = peerOf(
      '1.6',
      { Heartbeat: () => gate<v16.HeartbeatResponse>().promise },
      { maxWaitingRequests: 0 },
    );
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([]);
    expect(heads(exchange([2, '2', 'Heartbeat', {}]))).toEqual([[4, '2', 'InternalError']]);
  });

  it.each([[10], [5000]])(
    'answers the frame just answered again, without the handler (%i characters of payload)',
    async (length) => {
      let runs = 0;
      const { exchange, records, out, peer } = peerOf('1.6', {
        DataTransfer: () => ({ status: 'Accepted', data: String(++runs) }),
      });
      const frame = [2, '1', 'DataTransfer', { vendorId: 'x', data: 'd'.repeat(length) }];
      const answer = [[3, '1', { status: 'Accepted', data: '1' }]];
      expect(exchange(frame)).toEqual(answer);
      expect(exchange(frame)).toEqual(answer);
      expect(records.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'duplicate', 'duplicate']);
      const reused = [2, '1', 'DataTransfer', { vendorId: 'x', data: 'e'.repeat(length) }];
      expect(exchange(reused)).toMatchObject([[3, '1', { data: '2' }]]);
      expect(exchange(frame)).toMatchObject([[3, '1', { data: '3' }]]);
      peer.close();
      peer.receive(JSON.stringify(frame));
      expect(out).toHaveLength(4);
    },
  );

  it('handles a repetition once while the first is being handled, or waits', async () => {
    const slow = gate<v16.DataTransferResponse>();
    let runs = 0;
    const { peer, out, records } = peerOf('1.6', {
      DataTransfer: () => {
        runs++;
        return slow.promise;
      },
    });
    for (const id of ['1', '2', '1', '2', '1']) peer.receive(`[2,"${id}","DataTransfer",{"vendorId":"x"}]`);
    slow.resolve({ status: 'Accepted' });
    await settled();
    expect(runs).toBe(2);
    expect(out.map((text) => JSON.parse(text)[1])).toEqual(['1', '2']);
    expect(records.filter(({ verdict }) => verdict === 'duplicate')).toHaveLength(3);
  });

  it('handles anew what is asked anew with an old message id: the answer may be another by now', () => {
    let runs = 0;
    const time = '2026-05-04T08:15:00Z';
    const { exchange } = peerOf('1.6', {
      Authorize: () => ({ idTagInfo: { status: ++runs === 1 ? 'Invalid' : 'Accepted' } }),
      BootNotification: () => ({ status: ++runs === 3 ? 'Pending' : 'Accepted', currentTime: time, interval: 60 }),
    });
    const authorize = [2, '1', 'Authorize', { idTag: 'x' }];
    const boot = [2, '1', 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }];
    expect(exchange(authorize)).toMatchObject([[3, '1', { idTagInfo: { status: 'Invalid' } }]]);
    expect(exchange(authorize)).toMatchObject([[3, '1', { idTagInfo: { status: 'Accepted' } }]]);
    expect(exchange(boot)).toMatchObject([[3, '1', { status: 'Pending' }]]);
    expect(exchange(boot)).toMatchObject([[3, '1', { status: 'Accepted' }]]);
  });

  it('records every action by the name the specification gives it, however it was written', () => {
    const { exchange, records } = peerOf('1.6', { Heartbeat: () => ({ currentTime: 'now' }) }, { mode: 'lenient' });
    expect(heads(exchange([2, '1', 'aUTHORIZE', { idTag: 'x' }]))).toEqual([[4, '1', 'NotSupported']]);
    expect(heads(exchange([2, '2', 'starttransaction', {}]))).toMatchObject([[4, '2', expect.anything()]]);
    expect([...new Set(records.map(({ action }) => action))]).toEqual(['Authorize', 'StartTransaction']);
  });

  it('runs a handler again after an error, and for every heartbeat', () => {
    let runs = 0;
    const { exchange } = peerOf('1.6', {
      Heartbeat: () => ({ currentTime: `run ${++runs}` }),
      Authorize: () => {
        if (++runs === 1) throw new Error('database is down');
        return { idTagInfo: { status: 'Accepted' } };
      },
    });
    expect(heads(exchange([2, '1', 'Authorize', { idTag: 'x' }]))).toEqual([[4, '1', 'InternalError']]);
    expect(heads(exchange([2, '1', 'Authorize', { idTag: 'x' }]))).toEqual([
      [3, '1', { idTagInfo: { status: 'Accepted' } }],
    ]);
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([[3, '1', { currentTime: 'run 3' }]]);
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([[3, '1', { currentTime: 'run 4' }]]);
  });

  it('survives a socket and a log that throw', () => {
    const { peer } = peerOf(
      '1.6',
      { Heartbeat: () => time },
      {
        transmit: () => {
          throw new Error('gone');
        },
        onMessage: () => {
          throw new Error('disk full');
        },
      },
    );
    expect(() => {
      peer.receive('[2,"1","Heartbeat",{}]');
      peer.receive('nonsense');
    }).not.toThrow();
  });

  it('drops the answer of a handler that ends after close', async () => {
    const slow = gate<v16.HeartbeatResponse>();
    const { peer, out } = peerOf('1.6', { Heartbeat: () => slow.promise });
    peer.receive('[2,"1","Heartbeat",{}]');
    peer.close();
    slow.resolve(time);
    await settled();
    const closing = peerOf('1.6', {
      Heartbeat: () => {
        closing.peer.close();
        return time;
      },
    });
    expect([out, closing.exchange([2, '1', 'Heartbeat', {}])]).toEqual([[], []]);
    const failing = peerOf('1.6', {
      Heartbeat: () => {
        failing.peer.close();
        throw new Error('x');
      },
    });
    expect(failing.exchange([2, '1', 'Heartbeat', {}])).toEqual([]);
  });

  it('serves a charger that breaks the schema when lenient, with a note for each repair', () => {
    const seen: unknown[] = [];
    const { exchange, records } = peerOf(
      '1.6',
      {
        BootNotification: (request, { notes }) => {
          seen.push(request, notes);
          return { ...time, status: 'Accepted', interval: 300 };
        },
      },
      { mode: 'lenient' },
    );
    const request = {
      chargePointVendor: 'v',
      chargePointModel: 'm',
      chargePointSerialNumber: 's'.repeat(26),
      extra: 1,
    };
    expect(exchange([2, 17, 'bootnotification', request, 'junk'])).toMatchObject([[3, 17, { status: 'Accepted' }]]);
    const notes = [
      '5 elements taken as 4',
      'action bootnotification read as BootNotification',
      'extra dropped: not a property of this message',
      'chargePointSerialNumber cut to 25 characters',
    ];
    expect(seen).toEqual([
      { chargePointVendor: 'v', chargePointModel: 'm', chargePointSerialNumber: 's'.repeat(25) },
      notes,
    ]);
    expect(records[0]).toMatchObject({ verdict: 'repaired', notes, action: 'BootNotification' });
    expect(heads(exchange([2, '2', 'BootNotification', {}]))).toEqual([[4, '2', 'OccurenceConstraintViolation']]);
    expect(heads(exchange([2, '3', 'Nonsense', {}]))).toEqual([[4, '3', 'NotImplemented']]);
  });

  it('hands over a SEND and answers nothing, whatever its handler does (OCPP 2.1)', async () => {
    const seen: number[] = [];
    const { exchange } = peerOf('2.1', {
      NotifyPeriodicEventStream: ({ id }) => {
        seen.push(id);
        if (id === 2) throw new Error('x');
      },
      Heartbeat: () => time,
    });
    const event = (id: number) => ({ id, pending: 0, basetime: time.currentTime, data: [{ t: 0, v: '1' }] });
    for (const id of [1, 2, 1]) expect(exchange([6, 'same', 'NotifyPeriodicEventStream', event(id)])).toEqual([]);
    expect(seen).toEqual([1, 2, 1]);
    expect(exchange([2, '1', 'Heartbeat', {}])).toEqual([[3, '1', time]]);
  });
});

describe('our calls', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('resolves with the answer', async () => {
    const { peer, out, records } = peerOf('1.6', {});
    const answer = peer.call('Reset', { type: 'Soft' });
    expect(JSON.parse(out[0] ?? '')).toEqual([2, lastId(out), 'Reset', { type: 'Soft' }]);
    expect(lastId(out).length).toBeLessThanOrEqual(36);
    expect(peer.pendingCalls).toBe(1);
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Accepted' }]));
    await expect(answer).resolves.toEqual({ status: 'Accepted' });
    expect(peer.pendingCalls).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(records).toMatchObject([
      { direction: 'out', kind: 'CALL', action: 'Reset' },
      { direction: 'in', kind: 'CALLRESULT', action: 'Reset', verdict: 'ok' },
    ]);
  });

  it('rejects with the CALLERROR, its code in the canonical spelling', async () => {
    const { peer, out } = peerOf('1.6', {});
    const answer = peer.call('Reset', { type: 'Soft' });
    peer.receive(JSON.stringify([4, lastId(out), 'OccurenceConstraintViolation', 'why', { a: 1 }]));
    const error = { code: 'OccurrenceConstraintViolation', message: 'why', details: { a: 1 } };
    await expect(answer).rejects.toMatchObject(error);
    await expect(answer).rejects.toBeInstanceOf(OcppError);
  });

  it('keeps one call in flight, the others in order, urgent ones first', async () => {
    const { peer, out } = peerOf('1.6', {});
    const done: string[] = [];
    const call = (tag: string, priority: 'normal' | 'urgent') =>
      peer.call('Authorize', { idTag: tag }, { priority }).then(() => done.push(tag));
    const all = [
      call('a', 'normal'),
      call('b', 'normal'),
      call('U', 'urgent'),
      call('c', 'normal'),
      call('V', 'urgent'),
    ];
    expect([out.length, peer.pendingCalls]).toEqual([1, 5]);
    for (let i = 1; i <= 5; i++) {
      peer.receive(JSON.stringify([3, lastId(out), { idTagInfo: { status: 'Accepted' } }]));
      expect(out).toHaveLength(Math.min(i + 1, 5));
    }
    await Promise.all(all);
    expect(out.map((text) => JSON.parse(text)[3].idTag)).toEqual(['a', 'U', 'V', 'b', 'c']);
    expect(new Set(out.map((text) => JSON.parse(text)[1])).size).toBe(5);
    expect(done).toEqual(['a', 'U', 'V', 'b', 'c']);
    const onlyUrgent = peerOf('1.6', {});
    for (const type of ['Hard', 'Soft'] as const)
      onlyUrgent.peer.call('Reset', { type }, { priority: 'urgent' }).catch(() => {});
    expect(onlyUrgent.peer.pendingCalls).toBe(2);
  });

  it('is answered while a handler runs', async () => {
    const slow = gate<v16.HeartbeatResponse>();
    const { peer, out } = peerOf('1.6', { Heartbeat: () => slow.promise });
    peer.receive('[2,"1","Heartbeat",{}]');
    const answer = peer.call('ClearCache', {});
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Accepted' }]));
    await expect(answer).resolves.toEqual({ status: 'Accepted' });
  });

  it('lets a handler call the other side', async () => {
    const { peer, out } = peerOf('1.6', {
      DataTransfer: async (): Promise<v16.DataTransferResponse> => ({
        status: (await peer.call('ClearCache', {})).status,
      }),
    });
    peer.receive('[2,"1","DataTransfer",{"vendorId":"x"}]');
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Rejected' }]));
    await settled();
    await settled();
    expect(JSON.parse(out.at(-1) ?? '')).toEqual([3, '1', { status: 'Rejected' }]);
  });

  it('times out from the moment it is written, and lets the next one go', async () => {
    const { peer, out, records } = peerOf('1.6', {}, { callTimeoutMs: 1000 });
    const first = peer.call('ClearCache', {});
    const second = peer.call('ClearCache', {}, { timeoutMs: 500 });
    const failure = first.catch((error: unknown) => error);
    const firstId = lastId(out);
    await vi.advanceTimersByTimeAsync(999);
    expect(out).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failure).toMatchObject({ code: 'Timeout', sent: true });
    expect(out).toHaveLength(2);
    peer.receive(JSON.stringify([3, firstId, { status: 'Accepted' }]));
    peer.receive(JSON.stringify([3, firstId, { status: 'Accepted' }]));
    expect(records.slice(-2)).toMatchObject([{ verdict: 'late' }, { verdict: 'unknown' }]);
    await Promise.all([expect(second).rejects.toBeInstanceOf(OcppTimeout), vi.advanceTimersByTimeAsync(500)]);
    expect([peer.pendingCalls, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('answers what is no frame twenty times a second at most, and requests all the same', () => {
    const { peer, out } = peerOf('1.6', {});
    for (let i = 0; i < 50; i++) peer.receive('{Malformed');
    expect(out).toHaveLength(20);
    peer.receive('[2,"7","Nothing",{}]');
    expect(out).toHaveLength(21);
    vi.advanceTimersByTime(1000);
    peer.receive('{Malformed');
    expect(out).toHaveLength(22);
  });

  it('takes the late answer to one attempt as the answer to the next', async () => {
    const { peer, out } = peerOf('1.6', {}, { callTimeoutMs: 10 });
    const start = (meterStart: number) =>
      peer.call(
        'StartTransaction',
        { connectorId: 1, idTag: 'T', meterStart, timestamp: '2026-05-04T08:15:00Z' },
        { isRepeated: true },
      );
    const first = start(1);
    const id = lastId(out);
    await Promise.all([expect(first).rejects.toBeInstanceOf(OcppTimeout), vi.advanceTimersByTimeAsync(10)]);
    peer.receive(JSON.stringify([3, id, { transactionId: 7, idTagInfo: { status: 'Accepted' } }]));
    const another = start(2);
    expect(out).toHaveLength(2);
    await Promise.all([expect(another).rejects.toBeInstanceOf(OcppTimeout), vi.advanceTimersByTimeAsync(10)]);
    expect(await start(1)).toMatchObject({ transactionId: 7 });
    expect(out).toHaveLength(2);
    const again = start(1);
    expect(out).toHaveLength(3);
    await Promise.all([expect(again).rejects.toBeInstanceOf(OcppTimeout), vi.advanceTimersByTimeAsync(10)]);
  });

  it('takes no late answer that breaks its schema', async () => {
    const { peer, out } = peerOf('1.6', {}, { callTimeoutMs: 10 });
    const authorize = () => peer.call('Authorize', { idTag: 'T' }, { isRepeated: true });
    const first = authorize();
    const id = lastId(out);
    await Promise.all([expect(first).rejects.toBeInstanceOf(OcppTimeout), vi.advanceTimersByTimeAsync(10)]);
    peer.receive(JSON.stringify([3, id, { idTagInfo: 7 }]));
    const second = authorize();
    expect(out).toHaveLength(2);
    await Promise.all([expect(second).rejects.toBeInstanceOf(OcppTimeout), vi.advanceTimersByTimeAsync(10)]);
  });

  it('remembers the last 32 unanswered calls', async () => {
    const { peer, out, records } = peerOf('1.6', {}, { callTimeoutMs: 10 });
    const ids: string[] = [];
    for (let i = 0; i < 33; i++) {
      const call = peer.call('ClearCache', {});
      ids.push(lastId(out));
      await Promise.all([expect(call).rejects.toThrow('not answered within 10 ms'), vi.advanceTimersByTimeAsync(10)]);
    }
    for (const id of ids) peer.receive(JSON.stringify([3, id, { status: 'Accepted' }]));
    const verdicts = records.filter(({ direction }) => direction === 'in').map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['unknown', ...Array(32).fill('late')]);
  });

  it('ignores an answer that comes twice, or to nothing', async () => {
    const { peer, out, records } = peerOf('1.6', {});
    const answer = peer.call('ClearCache', {});
    const text = JSON.stringify([3, lastId(out), { status: 'Accepted' }]);
    peer.receive(text);
    peer.receive(text);
    peer.receive('[3,"nobody",{}]');
    peer.receive('[4,"nobody","GenericError","",{}]');
    expect(records.slice(-3)).toMatchObject([{ verdict: 'duplicate' }, { verdict: 'unknown' }, { verdict: 'unknown' }]);
    await expect(answer).resolves.toEqual({ status: 'Accepted' });
    expect(out).toHaveLength(1);
  });

  it('gives up waiting in the queue when asked to', async () => {
    const { peer, out } = peerOf('1.6', {});
    const first = peer.call('ClearCache', {});
    const second = peer.call('ClearCache', {}, { queueTimeoutMs: 100 });
    const third = peer.call('Reset', { type: 'Hard' }, { queueTimeoutMs: 1000 });
    await Promise.all([
      expect(second).rejects.toMatchObject({ code: 'Timeout', sent: false }),
      vi.advanceTimersByTimeAsync(100),
    ]);
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Accepted' }]));
    await first;
    expect(JSON.parse(out.at(-1) ?? '')[2]).toBe('Reset');
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Accepted' }]));
    await third;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be aborted before, while it waits, and in flight, where it keeps its turn', async () => {
    const { peer, out, records } = peerOf('1.6', {});
    const reason = new Error('changed my mind');
    await expect(peer.call('ClearCache', {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const [inFlight, queued] = [new AbortController(), new AbortController()];
    const first = peer.call('ClearCache', {}, { signal: inFlight.signal });
    const second = peer.call('ClearCache', {}, { signal: queued.signal });
    const third = peer.call('Reset', { type: 'Soft' });
    queued.abort(reason);
    inFlight.abort(reason);
    await expect(first).rejects.toBe(reason);
    await expect(second).rejects.toBe(reason);
    expect(out).toHaveLength(1);
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Accepted' }]));
    expect(records.find(({ verdict }) => verdict === 'late')).toMatchObject({ action: 'ClearCache' });
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Accepted' }]));
    await expect(third).resolves.toEqual({ status: 'Accepted' });
  });

  it('refuses more calls than may wait', async () => {
    const { peer } = peerOf('1.6', {}, { maxQueuedCalls: 1 });
    const calls = [peer.call('ClearCache', {}), peer.call('ClearCache', {}), peer.call('ClearCache', {})];
    await expect(calls[2]).rejects.toBeInstanceOf(OcppQueueFull);
    peer.close();
    await expect(calls[1]).rejects.toMatchObject({ sent: false });
    await expect(calls[0]).rejects.toMatchObject({ sent: true });
  });

  it('fails with the connection, saying whether it had been sent', async () => {
    const { peer } = peerOf('1.6', {});
    const calls = [peer.call('ClearCache', {}), peer.call('ClearCache', {}, { queueTimeoutMs: 5 })];
    peer.close('socket closed');
    peer.close('again');
    await expect(calls[0]).rejects.toThrow('socket closed; the call had been sent, its outcome is unknown');
    await expect(calls[1]).rejects.toThrow('socket closed; the call was not sent');
    await expect(peer.call('ClearCache', {})).rejects.toMatchObject({ code: 'ConnectionClosed', sent: false });
    expect([peer.pendingCalls, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('fails as not sent when the socket refuses it', async () => {
    const { peer } = peerOf(
      '1.6',
      {},
      {
        transmit: () => {
          throw new Error('gone');
        },
      },
    );
    await expect(peer.call('ClearCache', {})).rejects.toMatchObject({ code: 'ConnectionClosed', sent: false });
    const closing: Peer<'1.6'> = new Peer({
      version: '1.6',
      handlers: {},
      transmit: () => {
        closing.close('closed while writing');
        throw new Error('gone');
      },
    });
    await expect(closing.call('ClearCache', {})).rejects.toBeInstanceOf(OcppConnectionClosed);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not sent when the request breaks its schema', async () => {
    const { peer, out } = peerOf('1.6', {});
    await expect(peer.callRaw('Reset', { type: 'soft' })).rejects.toMatchObject({
      code: 'PropertyConstraintViolation',
    });
    await expect(peer.callRaw('Reset', { type: 'Soft', loop: 1n }, { validate: false })).rejects.toThrow(TypeError);
    expect([out, peer.pendingCalls]).toEqual([[], 0]);
  });

  it('sends raw what it is told to, member order kept', async () => {
    const { peer, out } = peerOf('1.6', {});
    const raw = peer.callRaw('Reset', { z: 1, type: 'soft', a: 2 }, { validate: false });
    expect(out[0]).toContain('"Reset",{"z":1,"type":"soft","a":2}]');
    peer.receive(JSON.stringify([3, lastId(out), { status: 'Perhaps' }]));
    await expect(raw).rejects.toMatchObject({ code: 'PropertyConstraintViolation' });
    const vendor = peer.callRaw('VendorSpecial"', undefined);
    expect(out[1]).toContain(',"VendorSpecial\\"",{}]');
    peer.receive(JSON.stringify([3, lastId(out), { any: 'thing' }]));
    await expect(vendor).resolves.toEqual({ any: 'thing' });
  });

  it.each([
    ['1.6', 0],
    ['2.0.1', 0],
    ['2.1', 1],
  ] as const)(
    'OCPP %s: a wrong answer rejects the call, and is answered %i times with CALLRESULTERROR',
    async (version, answers) => {
      for (const answer of [{ status: 'Maybe' }, 'no object']) {
        const { peer, out, records } = peerOf(version, {});
        const call = peer.callRaw('ClearCache', {});
        peer.receive(JSON.stringify([3, lastId(out), answer]));
        await expect(call).rejects.toBeInstanceOf(OcppError);
        expect(records.find(({ direction }) => direction === 'in')).toMatchObject({ verdict: 'invalid' });
        expect(out).toHaveLength(1 + answers);
        const answered = out.slice(1).map((text) => JSON.parse(text).slice(0, 2));
        expect(answered).toEqual(Array.from({ length: answers }, () => [5, lastId(out)]));
        expect(peer.pendingCalls).toBe(0);
      }
    },
  );

  it('repairs an answer when lenient, and rejects what cannot be', async () => {
    const { peer, out, records } = peerOf('1.6', {}, { mode: 'lenient' });
    const good = peer.call('ClearCache', {});
    peer.receive(JSON.stringify([3, lastId(out), { status: 'ACCEPTED', extra: 1 }]));
    await expect(good).resolves.toEqual({ status: 'Accepted' });
    expect(records.at(-1)).toMatchObject({ verdict: 'repaired', notes: { length: 2 } });
    const bad = peer.call('ClearCache', {});
    peer.receive(JSON.stringify([3, lastId(out)]));
    await expect(bad).rejects.toMatchObject({ code: 'OccurrenceConstraintViolation' });
  });

  it('ends with a broken CALLERROR or half a CALLRESULT of its id', async () => {
    const { peer, out } = peerOf('1.6', {});
    const first = peer.call('ClearCache', {});
    peer.receive(`[4,"${lastId(out)}"]`);
    await expect(first).rejects.toMatchObject({ code: 'GenericError' });
    const second = peer.call('ClearCache', {});
    peer.receive(`[3,"${lastId(out)}",{"status":"Acc`);
    await expect(second).rejects.toMatchObject({ code: 'FormatViolation' });
    expect(out).toHaveLength(2);
  });

  it('SENDs at once, beside a call in flight (OCPP 2.1)', async () => {
    const { peer, out } = peerOf('2.1', {});
    const event = { id: 1, pending: 0, basetime: time.currentTime, data: [{ t: 0, v: '1' }] };
    peer.call('Authorize', { idToken: token }).catch(() => {});
    peer.send('NotifyPeriodicEventStream', event);
    expect(JSON.parse(out[1] ?? '')).toEqual([6, expect.any(String), 'NotifyPeriodicEventStream', event]);
    expect(() => peer.send('NotifyPeriodicEventStream', { ...event, data: [] })).toThrow(OcppError);
    expect(() => peer.send('Heartbeat', {})).toThrow('Heartbeat is not an action to SEND');
    await expect(peer.call('NotifyPeriodicEventStream', event)).rejects.toMatchObject({ code: 'NotSupported' });
    peer.close();
    expect(() => peer.send('NotifyPeriodicEventStream', event)).toThrow(OcppConnectionClosed);
    const broken = peerOf(
      '2.1',
      {},
      {
        transmit: () => {
          throw new Error('gone');
        },
      },
    );
    expect(() => broken.peer.send('NotifyPeriodicEventStream', event)).toThrow(OcppConnectionClosed);
  });

  it('two peers understand each other', async () => {
    const station: Peer<'2.1'> = new Peer({
      version: '2.1',
      handlers: { Reset: () => ({ status: 'Accepted' }) },
      transmit: (text) => csms.receive(text),
    });
    const csms: Peer<'2.1'> = new Peer({
      version: '2.1',
      handlers: { Heartbeat: async () => time },
      transmit: (text) => station.receive(text),
    });
    const answers = await Promise.all([
      station.call('Heartbeat', {}),
      csms.call('Reset', { type: 'Immediate' }),
      station.call('Heartbeat', {}),
    ]);
    expect(answers).toEqual([time, { status: 'Accepted' }, time]);
  });
});
