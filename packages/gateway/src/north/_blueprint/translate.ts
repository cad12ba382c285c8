import type { Transaction } from '../../domain/transaction.ts';

/** `CP1,7,TAG-1,2026-05-04T08:15:00.000Z,2026-05-04T09:15:00.000Z,7.4`: the energy is in kWh. */
export function toLine({ stationId, transactionId, idToken, startedAt, endedAt, energy }: Transaction): string {
  const cells = [
    stationId,
    transactionId,
    idToken?.idToken ?? '',
    startedAt.toISOString(),
    endedAt?.toISOString() ?? '',
  ];
  return [...cells.map(toCell), energy / 1000].join(',');
}

/** RFC 4180. A text that a spreadsheet would take for a formula is kept from being one. */
function toCell(text: string): string {
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
