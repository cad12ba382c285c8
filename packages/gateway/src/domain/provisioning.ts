import type { Admission, ChargingStation, StationInfo } from './charging-station.ts';
import type { Rule } from './evolution.ts';
import { withAnomaly } from './evolution.ts';
import type { ReportedVariable } from './device-model.ts';
import type { BootNotificationReport, NotifyReportReport } from './reports.ts';
import { holdsSecret } from './secrets.ts';

/** s; longest time after which a station that is not accepted shall boot again. */
export const retryInterval = 60;

const registrationOf = { held: 'Pending', refused: 'Rejected', admitted: 'Accepted' } as const satisfies Record<
  Admission,
  string
>;

/** A boot is an event: it is told each time it is reported. */
export const bootNotification: Rule<BootNotificationReport> = (station, report, { now, heartbeatInterval }) => {
  const registration = registrationOf[station.admission];
  const { bootReason: _, ...rest } = station;
  const reason = report.reason === undefined ? {} : { reason: report.reason };
  return {
    station: {
      ...rest,
      registration,
      bootedAt: now,
      ...(report.reason !== undefined && { bootReason: report.reason }),
      info: isSameInfo(station.info, report.info) ? station.info : report.info,
      transactions: report.reason === 'Triggered' ? station.transactions : straddled(station, now),
    },
    facts: [
      { type: 'station.booted', stationId: station.stationId, at: now, info: report.info, ...reason, registration },
    ],
    answer: {
      status: registration,
      interval: registration === 'Accepted' ? heartbeatInterval : Math.min(retryInterval, heartbeatInterval),
      currentTime: now,
    },
  };
};

export const notifyReport: Rule<NotifyReportReport> = (station, report, { now }) => ({
  station,
  facts: [
    {
      type: 'variables.reported',
      stationId: station.stationId,
      at: now,
      ...(report.requestId !== undefined && { requestId: report.requestId }),
      toBeContinued: report.toBeContinued,
      variables: report.variables.map(withoutSecret),
    },
  ],
  answer: undefined,
});

/** No station should report its password; some do. */
function withoutSecret(variable: ReportedVariable): ReportedVariable {
  if (variable.value === undefined || !holdsSecret(variable)) return variable;
  const { value: _, ...rest } = variable;
  return rest;
}

/** Transactions stay open: their end may still be in the station's queue, or they may go on after the boot. */
function straddled({ transactions }: ChargingStation, now: Date): ChargingStation['transactions'] {
  const isNew = transactions.some((one) => one.state === 'active' && !one.anomalies.includes('straddled-boot'));
  if (!isNew) return transactions;
  return transactions.map((transaction) => {
    const anomalies = withAnomaly(transaction.anomalies, 'straddled-boot');
    if (transaction.state === 'ended' || anomalies === transaction.anomalies) return transaction;
    return { ...transaction, anomalies, updatedAt: now };
  });
}

const infoFields = [
  'vendor',
  'model',
  'serialNumber',
  'chargeBoxSerialNumber',
  'firmwareVersion',
  'iccid',
  'imsi',
  'meterType',
  'meterSerialNumber',
] as const satisfies readonly (keyof StationInfo)[];

function isSameInfo(one: StationInfo, other: StationInfo): boolean {
  return infoFields.every((field) => one[field] === other[field]);
}
