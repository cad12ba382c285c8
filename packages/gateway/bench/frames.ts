export type Version = '1.6' | '2.0.1';

export type Step = 'boot' | 'status' | 'heartbeat' | 'authorize' | 'start' | 'meter' | 'stop';

/** What a station has to remember between two frames. */
export interface Charger {
  readonly identity: string;
  readonly version: Version;
  /** ms since 1970 of its last reading; every reading is later than the one before. */
  readingAt: number;
  /** Wh */
  register: number;
  /** As it stands in a frame: a number in 1.6, a string in 2.0.1. */
  transaction: string;
  transactions: number;
  seqNo: number;
}

/** The token every transaction is started with; a gateway that knows its tokens must be told of it. */
export const benchToken = 'BENCH-0451-7C2A';

/** Far enough back that readings do not run ahead of the clock: they are `readingIntervalMs` apart. */
const firstReadingAgoMs = 6 * 3_600_000;
const readingIntervalMs = 10;

export function newCharger(identity: string, version: Version): Charger {
  const readingAt = Date.now() - firstReadingAgoMs;
  return { identity, version, readingAt, register: 1_204_000, transaction: '1', transactions: 0, seqNo: 0 };
}

/** The payloads, by version and step. Every server gets the same. */
const payloads: Record<Version, Record<Step, { action: string; payload: (charger: Charger) => string }>> = {
  '1.6': {
    boot: {
      action: 'BootNotification',
      payload: ({ identity }) =>
        `{"chargePointVendor":"Busbar","chargePointModel":"Bench 22","chargePointSerialNumber":"${identity}","firmwareVersion":"1.4.2"}`,
    },
    status: {
      action: 'StatusNotification',
      payload: (charger) =>
        `{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"${nextReading(charger)}"}`,
    },
    heartbeat: { action: 'Heartbeat', payload: () => '{}' },
    authorize: { action: 'Authorize', payload: () => `{"idTag":"${benchToken}"}` },
    start: {
      action: 'StartTransaction',
      payload: (charger) =>
        `{"connectorId":1,"idTag":"${benchToken}","meterStart":${charger.register},"timestamp":"${nextReading(charger)}"}`,
    },
    meter: {
      action: 'MeterValues',
      payload: (charger) =>
        `{"connectorId":1,"transactionId":${charger.transaction},"meterValue":[{"timestamp":"${nextReading(charger)}","sampledValue":[` +
        `{"value":"${charger.register}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","location":"Outlet","unit":"Wh"},` +
        '{"value":"7215.6","context":"Sample.Periodic","measurand":"Power.Active.Import","location":"Outlet","unit":"W"},' +
        '{"value":"31.4","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","location":"Outlet","unit":"A"},' +
        '{"value":"229.8","context":"Sample.Periodic","measurand":"Voltage","phase":"L1-N","location":"Outlet","unit":"V"},' +
        '{"value":"32.0","context":"Sample.Periodic","measurand":"Current.Offered","location":"Outlet","unit":"A"},' +
        '{"value":"47","context":"Sample.Periodic","measurand":"SoC","location":"EV","unit":"Percent"}]}]}',
    },
    stop: {
      action: 'StopTransaction',
      payload: (charger) =>
        `{"transactionId":${charger.transaction},"idTag":"${benchToken}","timestamp":"${nextReading(charger)}","meterStop":${charger.register},"reason":"Local"}`,
    },
  },
  '2.0.1': {
    boot: {
      action: 'BootNotification',
      payload: ({ identity }) =>
        `{"reason":"PowerUp","chargingStation":{"vendorName":"Busbar","model":"Bench 22","serialNumber":"${identity}","firmwareVersion":"1.4.2"}}`,
    },
    status: {
      action: 'StatusNotification',
      payload: (charger) =>
        `{"timestamp":"${nextReading(charger)}","connectorStatus":"Available","evseId":1,"connectorId":1}`,
    },
    heartbeat: { action: 'Heartbeat', payload: () => '{}' },
    authorize: { action: 'Authorize', payload: () => `{"idToken":{"idToken":"${benchToken}","type":"ISO14443"}}` },
    start: {
      action: 'TransactionEvent',
      payload: (charger) => {
        charger.transactions += 1;
        charger.seqNo = -1;
        charger.transaction = `${charger.identity}-${charger.transactions}`.slice(-36);
        return transactionEvent(charger, {
          type: 'Started',
          trigger: 'Authorized',
          info: `,"chargingState":"Charging"`,
          rest: `,"idToken":{"idToken":"${benchToken}","type":"ISO14443"},"evse":{"id":1,"connectorId":1}`,
          samples: energySample(charger, 'Transaction.Begin'),
        });
      },
    },
    meter: {
      action: 'TransactionEvent',
      payload: (charger) =>
        transactionEvent(charger, {
          type: 'Updated',
          trigger: 'MeterValuePeriodic',
          info: `,"chargingState":"Charging"`,
          rest: ',"evse":{"id":1,"connectorId":1}',
          samples:
            `${energySample(charger, 'Sample.Periodic')},` +
            '{"value":7215.6,"context":"Sample.Periodic","measurand":"Power.Active.Import","location":"Outlet","unitOfMeasure":{"unit":"W"}},' +
            '{"value":31.4,"context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","location":"Outlet","unitOfMeasure":{"unit":"A"}},' +
            '{"value":229.8,"context":"Sample.Periodic","measurand":"Voltage","phase":"L1-N","location":"Outlet","unitOfMeasure":{"unit":"V"}},' +
            '{"value":32.0,"context":"Sample.Periodic","measurand":"Current.Offered","location":"Outlet","unitOfMeasure":{"unit":"A"}},' +
            '{"value":47,"context":"Sample.Periodic","measurand":"SoC","location":"EV","unitOfMeasure":{"unit":"Percent"}}',
        }),
    },
    stop: {
      action: 'TransactionEvent',
      payload: (charger) =>
        transactionEvent(charger, {
          type: 'Ended',
          trigger: 'StopAuthorized',
          info: ',"stoppedReason":"Local"',
          rest: `,"idToken":{"idToken":"${benchToken}","type":"ISO14443"},"evse":{"id":1,"connectorId":1}`,
          samples: energySample(charger, 'Transaction.End'),
        }),
    },
  },
};

/** Steps whose answer acknowledges a reading, by version: what a gateway must have stored afterwards. */
export const readingSteps: Record<Version, readonly Step[]> = {
  '1.6': ['start', 'meter', 'stop'],
  '2.0.1': ['start', 'meter', 'stop'],
};

/** The next CALL of a station. */
export function frameOf(charger: Charger, step: Step, messageId: string): string {
  const { action, payload } = payloads[charger.version][step];
  return `[2,"${messageId}","${action}",${payload(charger)}]`;
}

function transactionEvent(
  charger: Charger,
  parts: { type: string; trigger: string; info: string; rest: string; samples: string },
): string {
  const { type, trigger, info, rest, samples } = parts;
  const timestamp = nextReading(charger);
  charger.seqNo += 1;
  return (
    `{"eventType":"${type}","timestamp":"${timestamp}","triggerReason":"${trigger}","seqNo":${charger.seqNo},` +
    `"transactionInfo":{"transactionId":"${charger.transaction}"${info}}${rest},` +
    `"meterValue":[{"timestamp":"${timestamp}","sampledValue":[${samples}]}]}`
  );
}

function energySample(charger: Charger, context: string): string {
  return `{"value":${charger.register},"context":"${context}","measurand":"Energy.Active.Import.Register","location":"Outlet","unitOfMeasure":{"unit":"Wh"}}`;
}

/** Moves time and register on. */
function nextReading(charger: Charger): string {
  charger.readingAt += readingIntervalMs;
  charger.register += 1;
  return new Date(charger.readingAt).toISOString();
}
