import { expect, test } from 'vitest';
import { toMessage } from './translate.ts';

const now = new Date('2026-05-04T08:15:00.000Z');

test.each([
  ['{"hello":"CP1"}', { kind: 'hello', stationId: 'CP1' }],
  ['{"accepted":false}', { kind: 'answer', accepted: false }],
  ['{"state":"busy"}', { kind: 'report', report: { type: 'StatusNotification', status: 'Occupied', occurredAt: now } }],
  [
    '{"kW":7.2,"kWh":1.5}',
    {
      kind: 'report',
      report: {
        type: 'MeterValues',
        measurements: [
          { measurand: 'Power.Active.Import', value: 7200 },
          { measurand: 'Energy.Active.Import.Register', value: 1500 },
        ],
      },
    },
  ],
])('%s is understood', (line, message) => {
  expect(toMessage(line, now)).toMatchObject(message);
});

test.each(['', 'nonsense', '[]', 'null', '{"hello":""}', '{"state":"odd"}', '{"kW":"7"}'])('%j is not', (line) => {
  expect(toMessage(line, now)).toBeUndefined();
});
