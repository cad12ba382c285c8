import { durationPattern, evseStatuses, scenarioEvents, wrongAnswers } from '@busbar/station';
import { Type } from 'typebox';

const duration = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.String({ pattern: durationPattern, description: "'5 min'" })], {
    description: `${description}. Seconds, or a text such as '90 s', '5 min', '1 h 30 min'`,
  });

const evse = Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Default 1' }));
const some = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

const kind = Type.Object({
  supply: Type.Optional(Type.Enum(['AC', 'DC'], { description: 'Default AC' })),
  connectors: Type.Optional(
    Type.Array(Type.String(), { description: 'As in OCPP 2.0.1 ConnectorEnumType: sType2, cType2, cCCS2, ...' }),
  ),
  phases: Type.Optional(Type.Enum([1, 3])),
  maxCurrentA: some('Of AC, A per phase. Default 32'),
  maxPowerW: some('Of DC, W. Default 150000'),
});

const station = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 40, description: 'Identity; of several, <id>-1, <id>-2, ...' }),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  version: Type.Optional(Type.Enum(['1.6', '2.0.1', '2.1'], { description: 'Default 2.0.1' })),
  vendor: Type.Optional(Type.String({ maxLength: 20 })),
  model: Type.Optional(Type.String({ maxLength: 20 })),
  evses: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Array(kind)], {
      description: 'How many, or of what kind each is. Default 1',
    }),
  ),
  settings: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Initial values of variables, by Component.Variable' }),
  ),
  clockBehind: Type.Optional(duration('Its clock is so far behind until the CSMS tells the time')),
});

const plug = Type.Object({
  evse,
  connectorId: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  cableA: some("What the driver's own cable carries, A per phase"),
  soc: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'State of charge on arrival, %' })),
  targetSoc: Type.Optional(Type.Number({ minimum: 1, maximum: 100, description: 'Where the vehicle stops, %' })),
  batteryWh: some('Wh'),
  maxPowerW: some('What it takes at most on AC, W'),
  maxDcPowerW: some('What it takes at most on DC, W'),
  batteryV: some('Of the empty battery, V'),
  phases: Type.Optional(Type.Enum([1, 3])),
  share: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Of what it could take' })),
  minCurrentA: some('Below so much per phase it pauses, A'),
  wakeUpS: some('From the contactor to the first current, s'),
  pause: Type.Optional(Type.Object({ afterS: Type.Number({ minimum: 1 }), forS: Type.Number({ minimum: 1 }) })),
  maxDischargeW: some('What it can feed back, W'),
  minSoc: some('Below this it feeds nothing back, %'),
});

const expectation = Type.Object({
  evse,
  status: Type.Optional(Type.Enum([...evseStatuses])),
  transaction: Type.Optional(Type.Enum(['running', 'none'])),
  connected: Type.Optional(Type.Boolean()),
  queuedAtMost: some('Messages that still wait for the CSMS'),
  socAtLeast: some('Of the vehicle, %'),
  powerAtMostW: some('W'),
  powerAtLeastW: some('W'),
  within: Type.Optional(duration('How long it may take to come true. Default 0')),
});

const faults = [
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'OtherError',
  'OverCurrentFailure',
  'OverVoltage',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'WeakSignal',
] as const;

const tokenTypes = ['Central', 'eMAID', 'ISO14443', 'ISO15693', 'KeyCode', 'Local', 'MacAddress'] as const;
const reasons = ['EmergencyStop', 'Local', 'Other', 'PowerQuality', 'SOCLimitReached', 'StoppedByEV'] as const;
const lasting = { for: duration('How long') };

const step = Type.Object({
  at: Type.Optional(duration('From the start of the scenario')),
  after: Type.Optional(duration('From the end of the step before. Default: at once')),
  within: Type.Optional(duration('Each station waits a random part of this before it acts')),
  repeat: Type.Optional(
    Type.Object({ every: duration('Between two'), times: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
  ),
  on: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description: 'Ids. Default: all' })),
  plug: Type.Optional(plug),
  unplug: Type.Optional(Type.Object({ evse })),
  card: Type.Optional(
    Type.Object({ evse, token: Type.String({ minLength: 1 }), type: Type.Optional(Type.Enum([...tokenTypes])) }),
  ),
  contract: Type.Optional(Type.Object({ evse, emaid: Type.String({ minLength: 1 }) })),
  stop: Type.Optional(Type.Object({ evse, reason: Type.Optional(Type.Enum([...reasons])) })),
  fault: Type.Optional(
    Type.Object({ evse, code: Type.Enum([...faults]), info: Type.Optional(Type.String({ maxLength: 50 })) }),
  ),
  clearFault: Type.Optional(Type.Object({ evse })),
  powerCut: Type.Optional(Type.Object(lasting)),
  loseNetwork: Type.Optional(Type.Object(lasting)),
  slowNetwork: Type.Optional(
    Type.Object({
      latency: duration('Of each frame, each way'),
      jitter: Type.Optional(duration('At random from 0 to this is added')),
      ...lasting,
    }),
  ),
  slowAnswers: Type.Optional(Type.Object({ delay: duration('Before each answer'), ...lasting })),
  wrongAnswers: Type.Optional(
    Type.Object({
      kind: Type.Enum([...wrongAnswers]),
      share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Of the answers. Default 1' })),
      ...lasting,
    }),
  ),
  set: Type.Optional(Type.Object({ name: Type.String({ minLength: 1 }), value: Type.String() })),
  call: Type.Optional(
    Type.Object({
      action: Type.String({ minLength: 1 }),
      payload: Type.Optional(Type.Unknown({ description: 'Default {}' })),
      answer: Type.Optional(Type.Unknown({ description: 'What the answer has to have' })),
    }),
  ),
  waitFor: Type.Optional(
    Type.Object({ event: Type.Enum([...scenarioEvents]), within: duration('How long it may take') }),
  ),
  expect: Type.Optional(expectation),
});

/** A scenario file, for the command line and for editors. */
export const scenarioSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: 'Default 1' })),
    duration: duration('It ends after so long, done or not'),
    speed: some('Batteries fill so many times faster. Default 1'),
    stations: Type.Array(station, { minItems: 1, maxItems: 1000 }),
    steps: Type.Array(step, { maxItems: 10_000 }),
  },
  { title: 'Busbar scenario' },
);
