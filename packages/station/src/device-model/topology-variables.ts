import { batterySwapVariables, gridComponents, gridTextOf } from '../grid/grid-variables.ts';
import { phaseRotations, type EvseDescription } from '../station-host.ts';
import { addressOf } from './variable-address.ts';
import type { VariableDefinition } from './variable-definition.ts';
import { toDefinition, type VariableRow } from './variable-row.ts';

/** What the device model needs to know of an EVSE. Without `connectors` it has one, of its `connectorType`. */
export type EvseTopology = EvseDescription & { connectors?: readonly { id: number; type: string }[] };

const states = ['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'];
const state = { type: 'OptionList', access: 'R', values: states, required: true } as const;
const yes = { type: 'boolean', access: 'R', default: 'true', required: true } as const;
const rotation = { type: 'OptionList', access: 'RW', values: phaseRotations } as const;
const no = { type: 'boolean', access: 'R', default: 'false' } as const;

/** The components of a declared topology: EVSE, Connector, and what goes with what they can do. */
export function topologyVariables(evses: readonly EvseTopology[]): VariableDefinition[] {
  const ofStation = evses.some(({ isBatterySlot }) => isBatterySlot) ? stationDefinitions(batterySwapVariables) : [];
  return [...ofStation, ...evses.flatMap(evseDefinitions)];
}

function evseDefinitions(evse: EvseTopology): VariableDefinition[] {
  return [
    ...definitions({ name: 'EVSE', evse: { id: evse.id } }, evseRows(evse)),
    ...connectorsOf(evse).flatMap(({ id, type }) =>
      connectorDefinitions({ id: evse.id, connectorId: id }, connectorRows(evse, type)),
    ),
    ...definitions({ name: 'FiscalMetering', evse: { id: evse.id } }, meterRows),
    ...Object.entries(gridComponents(evse)).flatMap(([name, rows]) =>
      definitions({ name, evse: { id: evse.id } }, rows),
    ),
  ];
}

function connectorDefinitions(
  evse: { id: number; connectorId: number },
  rows: Record<string, VariableRow>,
): VariableDefinition[] {
  return [
    ...definitions({ name: 'Connector', evse }, rows),
    ...definitions({ name: 'ConnectorPlugRetentionLock', evse }, { Problem: no }),
  ];
}

/** All connectors of an EVSE, one if none is declared. */
export function connectorsOf({ connectors, connectorType }: EvseTopology): readonly { id: number; type: string }[] {
  return connectors ?? [{ id: 1, type: connectorType }];
}

/** Two topologies with the same text have the same variables. */
export function topologyTextOf(evses: readonly EvseTopology[]): string {
  return evses
    .map((evse) => {
      const connectors = connectorsOf(evse).map(({ id, type }) => `${id}:${type}`);
      return `${evse.id}/${evse.phases}/${evse.maxCurrentA}/${evse.voltageV}/${evse.phaseRotation}/${connectors.join('+')}/${gridTextOf(evse)}`;
    })
    .join(';');
}

function stationDefinitions(rows: Record<string, VariableRow>): VariableDefinition[] {
  return Object.entries(rows).flatMap(([text, row]) => {
    const address = addressOf(text);
    return address ? [toDefinition(address, row)] : [];
  });
}

function definitions(component: VariableDefinition['address']['component'], rows: Record<string, VariableRow>) {
  return Object.entries(rows).map(([name, row]) => toDefinition({ component, variable: { name } }, row));
}

const evseRows = ({ maxCurrentA, voltageV, phases, phaseRotation }: EvseTopology): Record<string, VariableRow> => ({
  AllowReset: no,
  AvailabilityState: state,
  Available: yes,
  DCInputPhaseControl: no,
  EvseId: { type: 'string', access: 'RW', max: 37 },
  ISO15118EvseId: { type: 'string', access: 'RW', min: 7, max: 37 },
  PhaseRotation: { ...rotation, ...(phaseRotation !== undefined && { default: phaseRotation }) },
  Power: { type: 'decimal', access: 'R', unit: 'W', max: maxCurrentA * voltageV * phases, required: true },
  Problem: no,
  SupplyPhases: { type: 'integer', access: 'R', default: String(phases), required: true },
});

/** Without value where the meter does not sign. */
const meterRows: Record<string, VariableRow> = { PublicKey: { type: 'string', access: 'R', max: 2500 } };

const connectorRows = ({ phases }: EvseTopology, type: string): Record<string, VariableRow> => ({
  AvailabilityState: state,
  Available: yes,
  ChargeProtocol: { type: 'string', access: 'RW', max: 50 },
  PhaseRotation: rotation,
  ConnectorType: { type: 'string', access: 'R', default: type, required: true },
  Problem: no,
  SupplyPhases: { type: 'integer', access: 'R', default: String(phases), required: true },
});
