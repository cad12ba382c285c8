import { parseComponents } from '../src/device-model/component-config.ts';
import { DeviceModel, type DeviceModelOptions } from '../src/device-model/device-model.ts';
import { catalogOf } from '../src/device-model/variable-catalog.ts';

const evse = { phases: 3, maxCurrentA: 32, voltageV: 230, connectorType: 'sType2' } as const;

export const topology = [
  {
    id: 1,
    ...evse,
    connectors: [
      { id: 1, type: 'sType2' },
      { id: 2, type: 'cCCS2' },
    ],
  },
  { id: 2, ...evse, phases: 1 },
] as const;

export interface ModelOptions extends Omit<DeviceModelOptions, 'catalog'> {
  /** Contents of component files. */
  components?: readonly object[];
  networkSlots?: number;
}

/** The device model of a station with two EVSEs, the first with two connectors. */
export function createModel({ components = [], networkSlots, ...options }: ModelOptions = {}): DeviceModel {
  const files = components.map((content, index) => ({ name: `component-${index}.json`, content }));
  const catalog = catalogOf({
    evses: topology,
    ...(files.length > 0 && { components: parseComponents(files) }),
    ...(networkSlots !== undefined && { networkSlots }),
  });
  return new DeviceModel({ catalog, ...options });
}

/** One property of a component file. */
export function property(name: string, dataType: string, { value, ...rest }: Record<string, unknown> = {}): object {
  const { mutability = 'ReadWrite', instance, ...characteristics } = rest;
  return {
    variable_name: name,
    ...(instance !== undefined && { instance }),
    characteristics: { dataType, supportsMonitoring: true, ...characteristics },
    attributes: [{ type: 'Actual', mutability, ...(value !== undefined && { value }) }],
  };
}

/** The address of `Component.Variable[instance]` and the like. */
export { addressOf } from '../src/device-model/variable-address.ts';
