import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSimulatedHost,
  createStation,
  ManualClock,
  type HostEvents,
  type StationVersion,
  type TransactionRecord,
} from '../src/index.ts';

const points = ['ParkingBayOccupancy', 'EVConnected', 'Authorized', 'DataSigned', 'PowerPathClosed', 'EnergyTransfer'];
const somePoints = fc.subarray(points, { minLength: 1 }).map((names) => names.join(','));
const aBoolean = fc.constantFrom('true', 'false');

const settings = fc.record({
  'TxCtrlr.TxStartPoint': somePoints,
  'TxCtrlr.TxStopPoint': somePoints,
  'TxCtrlr.StopTxOnEVSideDisconnect': aBoolean,
  'OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect': aBoolean,
  'TxCtrlr.EVConnectionTimeOut': fc.constant('30'),
  'SampledDataCtrlr.TxUpdatedInterval': fc.constantFrom('0', '7', '60'),
  'AlignedDataCtrlr.Interval': fc.constantFrom('0', '60'),
});

type Happening =
  | 'plug'
  | 'unplug'
  | 'card'
  | 'other card'
  | 'arrive'
  | 'leave'
  | 'sign'
  | 'stop'
  | 'fault'
  | 'repair'
  | 'second'
  | 'minute'
  | 'clock back';

const happenings = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Happening>('plug', 'card', 'second', 'minute') },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Happening>(
        'unplug',
        'other card',
        'arrive',
        'leave',
        'sign',
        'stop',
        'fault',
        'repair',
        'clock back',
      ),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

/** A clock that may be set back, while waits go on. */
class SettableClock extends ManualClock {
  shiftMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.shiftMs);
  }

  override after(ms: number, task: () => void) {
    const shift = this.shiftMs;
    this.shiftMs = 0;
    const timer = super.after(ms, task);
    this.shiftMs = shift;
    return timer;
  }

  override advance(ms: number): void {
    const shift = this.shiftMs;
    this.shiftMs = 0;
    super.advance(ms);
    this.shiftMs = shift;
  }
}

/** A station that never gets through to its CSMS, and what it writes down. */
function open(version: StationVersion, values: Record<string, string>) {
  const clock = new SettableClock('2026-03-02T10:00:00Z');
  const host = createSimulatedHost({ clock, random: () => 0.5 });
  const told: { events?: HostEvents } = {};
  const supply = { isOn: false };
  const { attach, start, stop } = {
    attach: host.attach.bind(host),
    start: host.start.bind(host),
    stop: host.stop.bind(host),
  };
  Object.assign(host, {
    attach: (events: HostEvents) => {
      told.events = events;
      attach(events);
    },
    start: (evseId: number) => {
      supply.isOn = true;
      start(evseId);
    },
    stop: (evseId: number) => {
      supply.isOn = false;
      stop(evseId);
    },
  });
  const url = 'ws://127.0.0.1:9';
  const station = createStation({
    identity: 'CP1',
    url,
    versions: [version],
    host,
    clock,
    settings: values,
    backOff: { minimumMs: 1e9, maximumMs: 1e9 },
  });
  const records: TransactionRecord[] = [];
  station.events.on('transactionRecorded', (record) => records.push(record));
  return { clock, host, told, supply, station, records };
}

type Bench = ReturnType<typeof open>;

const acts: Record<Happening, (bench: Bench) => void> = {
  plug: ({ host }) => host.plug(1, { soc: 79 }),
  unplug: ({ host }) => host.unplug(1),
  card: ({ host }) => host.presentToken(1, 'CARD1'),
  'other card': ({ host }) => host.presentToken(1, 'CARD2'),
  arrive: ({ told }) => told.events?.occupied(1, true),
  leave: ({ told }) => told.events?.occupied(1, false),
  sign: ({ told, host }) => told.events?.readingSigned(1, { ...host.meter(1), signed }),
  stop: ({ host }) => host.requestStop(1, 'EmergencyStop'),
  fault: ({ host }) => host.fault(1, { code: 'InternalError' }),
  repair: ({ host }) => host.clearFault(1),
  second: ({ clock }) => clock.advance(1000),
  minute: ({ clock }) => clock.advance(60_000),
  'clock back': ({ clock }) => void (clock.shiftMs -= 30_000),
};

const signed = { data: 'x', signingMethod: '', encodingMethod: 'OCMF', publicKey: '' };

/** Energy may flow, and nobody is there or may charge. */
function isWrongSupply({ supply, host, station }: Bench): boolean {
  const isAuthorized = station.transactionOn(1)?.isAuthorized ?? true;
  return supply.isOn && !(host.isPlugged(1) && isAuthorized);
}

/** Lets authorizations come to their end. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

function checkTransaction(records: readonly TransactionRecord[]): void {
  expect(records.map(({ seqNo }) => seqNo)).toEqual(records.map((_, index) => index));
  expect(records.map(({ event }) => event)).toEqual(
    records.map((_, index) => (index === 0 ? 'Started' : index === records.length - 1 ? 'Ended' : 'Updated')),
  );
  const times = records.flatMap(({ at, values }) => [...values.slice(-1).map((value) => value.at), at]);
  expect(records.map(({ at }) => at)).toEqual(records.map(({ at }) => at).toSorted());
  expect(times.every((time) => !Number.isNaN(Date.parse(time)))).toBe(true);
  expect(records.map(({ meterWh }) => meterWh)).toEqual(
    records.map(({ meterWh }) => meterWh).toSorted((a, b) => a - b),
  );
  expect(records.at(-1)?.reason).toBeDefined();
}

/** Who charges is told at the begin of it, and who stops it at its end; nothing is told twice. */
function checkTokens(records: readonly TransactionRecord[]): void {
  const steps = records.flatMap(({ idToken, trigger }) => {
    if (idToken) return trigger === 'StopAuthorized' ? ['end'] : ['begin'];
    return endsAuthorization.has(trigger) ? ['lost'] : [];
  });
  expect(steps.filter((step, index) => step === 'begin' && steps[index - 1] === 'begin')).toEqual([]);
  const told = steps.filter((step) => step !== 'lost');
  expect(told.filter((step, index) => step === 'end' && told[index - 1] !== 'begin')).toEqual([]);
}

const endsAuthorization: ReadonlySet<string> = new Set([
  'AbnormalCondition',
  'EVCommunicationLost',
  'EVConnectTimeout',
]);

describe('transactions, whatever happens', () => {
  it.each<StationVersion>(['1.6', '2.0.1', '2.1'])(
    'of %s are whole, in order, and nobody charges unauthorised',
    async (version) => {
      await fc.assert(
        fc.asyncProperty(settings, happenings, async (values, steps) => {
          const bench = open(version, values);
          const failed = once(bench.station.events, 'connectFailed');
          bench.station.start();
          await failed;
          for (const step of steps) {
            acts[step](bench);
            await settle();
            expect(isWrongSupply(bench)).toBe(false);
          }
          acts.fault(bench);
          bench.host.shutDown();
          await bench.station.stop();
          const byId = Map.groupBy(bench.records, ({ transactionId }) => transactionId);
          for (const records of byId.values()) {
            checkTransaction(records);
            checkTokens(records);
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});
