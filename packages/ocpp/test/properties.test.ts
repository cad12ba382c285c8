import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionsOf, readFrame, type OcppVersion } from '../src/index.ts';
import { writeCall, writeResult } from '../src/frame.ts';
import { repair } from '../src/repair.ts';
import { actionTable } from '../src/validate.ts';
import { peerOf } from './harness.ts';

const version = fc.constantFrom<OcppVersion>('1.6', '2.0.1', '2.1');
const mode = fc.constantFrom<'strict' | 'lenient'>('strict', 'lenient');
const action = fc.oneof(
  fc.constantFrom(...actionsOf('2.1').map(({ name }) => name), ...actionsOf('1.6').map(({ name }) => name)),
  fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty'),
);
const property = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'idTag',
    'timestamp',
    'status',
    'meterValue',
    'connectorId',
    'idToken',
    'customData',
  ),
  fc.string(),
);
const payload = fc.dictionary(property, fc.jsonValue(), { noNullPrototype: true });
const frame = fc.oneof(
  fc.tuple(fc.constantFrom(2, 6), fc.string({ minLength: 1, maxLength: 40 }), action, payload),
  fc.tuple(fc.integer({ min: -1, max: 8 }), fc.jsonValue(), fc.jsonValue(), fc.jsonValue()),
  fc.array(fc.jsonValue()),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  frame.map((message) => JSON.stringify(message)),
  fc.tuple(frame, fc.nat(200)).map(([message, length]) => JSON.stringify(message).slice(0, length)),
);

describe('whatever arrives', () => {
  it('receive never throws and costs at most one frame', () => {
    fc.assert(
      fc.property(version, mode, text, (v, m, received) => {
        const { peer, out, records } = peerOf(
          v,
          { Heartbeat: () => ({ currentTime: '2026-05-04T08:15:00Z' }) },
          { mode: m },
        );
        peer.receive(received);
        expect(out.length).toBeLessThanOrEqual(1);
        expect(records.filter(({ direction }) => direction === 'in')).toHaveLength(1);
        // A lenient peer repeats an id that is a number as it came, so its answer is read by the same rules.
        const rules = { version: v, lenient: m === 'lenient', maxChars: 1 << 20 };
        for (const written of out) expect(readFrame(written, rules).kind).not.toBe('INVALID');
      }),
      { numRuns: 2000, examples: [['2.1', 'lenient', '[0,0,{},[]]']] },
    );
  });

  it('no bytes throw', () => {
    fc.assert(
      fc.property(version, fc.uint8Array(), (v, bytes) => {
        const { peer, out } = peerOf(v, {});
        peer.receiveBytes(bytes);
        expect(out.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('no prototype is changed, and no payload with a foreign prototype comes through', () => {
    fc.assert(
      fc.property(version, mode, action, payload, (v, m, name, content) => {
        const handlers: Record<string, (request: object) => object> = {};
        for (const known of actionsOf(v)) {
          handlers[known.name] = (request) => {
            expect(Object.getPrototypeOf(request)).toBe(Object.prototype);
            expect(JSON.stringify(request)).not.toContain('"__proto__":');
            return {};
          };
        }
        const { peer } = peerOf(v, Object(handlers), { mode: m });
        peer.receive(JSON.stringify([2, '1', name, content]));
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect(Object.keys(Array.prototype)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('round trips', () => {
  const clean = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.string(),
    { noNullPrototype: true },
  );

  it('a frame written is the frame read', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 36 }), clean, (id, content) => {
        const rules = { version: '2.1', lenient: false, maxChars: 1 << 20 } as const;
        expect(readFrame(writeResult(id, content), rules)).toMatchObject({ kind: 'CALLRESULT', id, payload: content });
        expect(readFrame(writeCall(2, 'id', id, content), rules)).toMatchObject({
          kind: 'CALL',
          action: id,
          payload: content,
        });
      }),
    );
  });

  it('what repair calls repaired is valid but for lengths it kept, and repairing it again changes nothing else', () => {
    fc.assert(
      fc.property(version, action, payload, (v, name, content) => {
        const validator = actionTable(v).get(name)?.request;
        if (!validator) return;
        const { error } = repair(validator, content);
        if (error) return;
        const again = structuredClone(content);
        const { notes } = repair(validator, again);
        expect(notes.filter((note) => !note.includes(' kept at '))).toEqual([]);
        expect(again).toEqual(content);
      }),
      { numRuns: 2000 },
    );
  });
});
