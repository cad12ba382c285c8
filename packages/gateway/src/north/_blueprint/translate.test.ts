import { expect, test } from 'vitest';
import type { Transaction } from '../../domain/transaction.ts';
import { toLine } from './translate.ts';

const transaction: Transaction = {
  stationId: 'CP1',
  transactionId: '7',
  evseId: 1,
  connectorId: 1,
  state: 'ended',
  idToken: { idToken: 'TAG-1', type: 'ISO14443' },
  startedAt: new Date('2026-05-04T08:15:00Z'),
  endedAt: new Date('2026-05-04T09:15:00Z'),
  energy: 7400,
  offline: false,
  anomalies: [],
  updatedAt: new Date('2026-05-04T09:15:00Z'),
};

test.each([
  [transaction, 'CP1,7,TAG-1,2026-05-04T08:15:00.000Z,2026-05-04T09:15:00.000Z,7.4'],
  [{ ...transaction, stationId: 'a,"b"' }, '"a,""b""",7,TAG-1,2026-05-04T08:15:00.000Z,2026-05-04T09:15:00.000Z,7.4'],
  [{ ...transaction, stationId: '=1+1' }, "'=1+1,7,TAG-1,2026-05-04T08:15:00.000Z,2026-05-04T09:15:00.000Z,7.4"],
])('a session is a line of CSV', (session, line) => {
  expect(toLine(session)).toBe(line);
});
