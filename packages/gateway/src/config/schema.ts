import { Type } from 'typebox';
import type { Static, TObject } from 'typebox';

/** A driver or a service, as far as the configuration is concerned. */
export interface Configurable {
  name: string;
  options: TObject;
}

export interface Adapters {
  drivers: readonly Configurable[];
  services: readonly Configurable[];
}

/** Options of the gateway itself. Durations and sizes bear their unit in the name. */
export const gatewayOptions = Type.Object({
  data: Type.String({
    default: './data',
    minLength: 1,
    path: true,
    description: 'Folder of the database; made when it is missing',
  }),
  log: Type.Object(
    {
      level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
        default: 'info',
        description: 'Least level that is written',
      }),
      format: Type.Enum(['auto', 'json', 'pretty'], {
        default: 'auto',
        description: 'One JSON object per line, lines for people, or `auto`: for people on a terminal, JSON otherwise',
      }),
    },
    { description: 'What is logged, to standard error' },
  ),
  unknownStations: Type.Enum(['hold', 'accept', 'refuse'], {
    default: 'hold',
    description:
      'What becomes of a station nobody has admitted: `hold` answers its boot Pending and shows it as waiting, `accept` admits it (for labs), `refuse` ends its connection',
  }),
  heartbeatIntervalS: Type.Integer({
    default: 300,
    minimum: 10,
    maximum: 86_400,
    description: 'How often stations shall send a heartbeat',
  }),
  retention: Type.Object(
    {
      factsDays: days(30, 'How far the event log goes back'),
      messagesDays: days(7, 'How long frames stay in the message log'),
      maxMessageRows: Type.Integer({
        default: 1_000_000,
        minimum: 1000,
        maximum: 1_000_000_000,
        description: 'Most frames in the message log; the oldest go first',
      }),
      measurementsDays: days(400, 'How long meter values are kept; the energy of a session stays with the session'),
      commandsDays: days(90, 'How long settled actions are kept'),
      auditDays: days(730, 'How far the audit trail goes back'),
    },
    { description: 'How long the database keeps what. Stations, sessions and tokens stay for good' },
  ),
});

function days(value: number, description: string) {
  return Type.Integer({ default: value, minimum: 1, maximum: 36_500, description });
}

/** Everything the gateway is started with: complete and valid. */
export interface Config extends Static<typeof gatewayOptions> {
  /** The YAML file it came from, if there is one. Absolute. */
  file?: string;
  /** Options by the name of the driver; `false` is off. */
  south: Record<string, Record<string, unknown> | false>;
  /** Options by the name of the service; `false` is off. */
  north: Record<string, Record<string, unknown> | false>;
}

/** The whole of the configuration, the options of each driver and service in their place. */
export function configSchema({ drivers, services }: Adapters) {
  return Type.Object({
    ...gatewayOptions.properties,
    south: Type.Object(sections(drivers), { description: 'Drivers: ways of reaching stations' }),
    north: Type.Object(sections(services), { description: 'Services: ways of being used' }),
  });
}

function sections(adapters: readonly Configurable[]) {
  return Object.fromEntries(
    adapters.map(({ name, options }) => [name, Type.Union([Type.Literal(false), options], { adapter: true })]),
  );
}
