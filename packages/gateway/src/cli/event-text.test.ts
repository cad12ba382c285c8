import { expect, test } from 'vitest';
import { tellEvent } from './event-text.ts';

const report = (reports: object[]) =>
  tellEvent({
    _id: '69f85b5c0000000000000042',
    object: 'session',
    type: 'session.energy_report',
    data: { endpoint: 'CP1', reports },
    createdAt: '2026-05-04T08:45:00.000Z',
  }).text;

test('meter values are told as power, meter and state of charge', () => {
  expect(
    report([
      { evse: 1, measurand: 'Power.Active.Import', value: 3600, unit: 'W', phase: 'L1' },
      { evse: 1, measurand: 'Power.Active.Import', value: 10_930, unit: 'W' },
      { evse: 1, measurand: 'Energy.Active.Import.Register', value: 2_519_904, unit: 'Wh' },
      { evse: 1, measurand: 'SoC', value: 41.6, unit: '%' },
    ]),
  ).toBe('EVSE 1 10.93 kW, meter 2519.90 kWh, SoC 42 %');
  expect(report([{ evse: 2, measurand: 'Voltage', value: 230, unit: 'V', phase: 'L1-N' }])).toBe(
    'EVSE 2 1 meter values',
  );
});
