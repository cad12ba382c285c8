import type { EvseDescription } from '../station-host.ts';

/** What kind of EVSE a simulated charger has. */
export interface EvseKind {
  /** Default AC. */
  supply?: 'AC' | 'DC';
  /** As in OCPP 2.0.1 ConnectorEnumType, such as `sType2` (a socket), `cType2` (a cable), `cCCS2`. Default `sType2`, at DC `cCCS2`. */
  connectors?: readonly string[];
  /** Of AC. Default: that of the station. */
  phases?: 1 | 3;
  /** Of AC, A per phase. Default: that of the station. */
  maxCurrentA?: number;
  /** Of DC, W. Default 150,000. */
  maxPowerW?: number;
}

export interface SimulatedSupply {
  description: EvseDescription;
  supply: 'AC' | 'DC';
}

interface Supplies {
  evses?: number | readonly EvseKind[];
  phases?: 1 | 3;
  maxCurrentA?: number;
  voltageV?: number;
}

/** EVSEs 1, 2, … of a charger. At DC the description is that of its side to the grid. */
export function describeEvses({ evses = 1, ...station }: Supplies): SimulatedSupply[] {
  const kinds = typeof evses === 'number' ? Array.from({ length: evses }, (): EvseKind => ({})) : evses;
  return kinds.map((kind, index) => describe(kind, { id: index + 1, station }));
}

function describe(kind: EvseKind, { id, station }: { id: number; station: Supplies }): SimulatedSupply {
  const { supply = 'AC', maxPowerW = 150_000 } = kind;
  const { phases = 3, maxCurrentA = 32, voltageV = 230 } = station;
  const types = kind.connectors ?? [supply === 'DC' ? 'cCCS2' : 'sType2'];
  const ac = { phases: kind.phases ?? phases, maxCurrentA: kind.maxCurrentA ?? maxCurrentA };
  const dc = { phases: 3, maxCurrentA: maxPowerW / 3 / voltageV } as const;
  const description: EvseDescription = {
    id,
    ...(supply === 'DC' ? dc : ac),
    voltageV,
    canSleep: true,
    connectorType: types[0] ?? 'sType2',
    ...(types.length > 1 && { connectors: types.map((type, index) => ({ id: index + 1, type })) }),
  };
  return { description, supply };
}
