/** What a module offers and needs, as EVerest's manager reads it. */
export interface ModuleManifest {
  description: string;
  /** The errors of every module are told to it, not of those alone that it requires. */
  enable_global_errors: boolean;
  config: Readonly<Record<string, ConfigEntry>>;
  /** By implementation id. */
  provides: Readonly<Record<string, { interface: string; description: string }>>;
  /** By requirement id. */
  requires: Readonly<Record<string, { interface: string; min: number; max: number }>>;
}

export interface ConfigEntry {
  description: string;
  type: 'string' | 'integer' | 'boolean';
  /** Without one, EVerest's configuration file must give a value. */
  default?: string | number | boolean;
}

/** The module of this package: EVerest's OCPPmulti as far as its neighbours see it. */
export const ocppManifest = {
  description: 'An OCPP 1.6 and 2.x charging station that runs as a standalone module',
  enable_global_errors: true,
  config: {
    CsmsUrl: { description: 'WebSocket URL of the CSMS; the identity is appended', type: 'string' },
    Identity: { description: 'Identity of the station, 1 to 48 characters', type: 'string' },
    OcppVersions: {
      description: 'OCPP versions to offer, best first; the CSMS chooses',
      type: 'string',
      default: '2.1,2.0.1,1.6',
    },
  },
  provides: {
    ocpp_generic: { interface: 'ocpp', description: 'Controls OCPP, reads and writes its variables' },
    auth_validator: {
      interface: 'auth_token_validator',
      description: 'Validates tokens with the CSMS, list and cache',
    },
    auth_provider: { interface: 'auth_token_provider', description: 'Tokens of remote starts' },
    data_transfer: { interface: 'ocpp_data_transfer', description: 'Vendor messages to the CSMS' },
    session_cost: { interface: 'session_cost', description: 'Costs and tariffs that the CSMS tells' },
  },
  requires: {
    auth: { interface: 'auth', min: 1, max: 1 },
    charger_information: { interface: 'charger_information', min: 0, max: 1 },
    data_transfer: { interface: 'ocpp_data_transfer', min: 0, max: 1 },
    display_message: { interface: 'display_message', min: 0, max: 1 },
    evse_energy_sink: { interface: 'external_energy_limits', min: 0, max: 129 },
    evse_manager: { interface: 'evse_manager', min: 1, max: 128 },
    extensions_15118: { interface: 'iso15118_extensions', min: 0, max: 128 },
    grid_support: { interface: 'grid_support', min: 0, max: 128 },
    reservation: { interface: 'reservation', min: 0, max: 1 },
    security: { interface: 'evse_security', min: 1, max: 1 },
    system: { interface: 'system', min: 1, max: 1 },
  },
} as const satisfies ModuleManifest;

/** The text of `manifest.yaml`, for a folder of the module's name among EVerest's modules. */
export function manifestText(manifest: ModuleManifest = ocppManifest): string {
  const { description, config, provides, requires } = manifest;
  return [
    `description: ${quoted(description)}`,
    `enable_global_errors: ${manifest.enable_global_errors}`,
    ...section('config', config, (entry) => ({ ...entry })),
    ...section('provides', provides, (entry) => ({ description: entry.description, interface: entry.interface })),
    ...section('requires', requires, ({ interface: name, min, max }) => ({
      interface: name,
      min_connections: min,
      max_connections: max,
    })),
    'metadata:',
    '  license: https://opensource.org/licenses/Apache-2.0',
    '  authors:',
    '    - Busbar',
    '',
  ].join('\n');
}

function section<T>(
  title: string,
  entries: Readonly<Record<string, T>>,
  toFields: (entry: T) => Readonly<Record<string, string | number | boolean>>,
): string[] {
  const rows = Object.entries(entries).flatMap(([name, entry]) => [
    `  ${name}:`,
    ...Object.entries(toFields(entry)).map(([field, value]) => `    ${field}: ${quoted(value)}`),
  ]);
  return [`${title}:`, ...rows];
}

/** JSON is YAML: a quoted text needs no other care. */
const quoted = (value: string | number | boolean) => JSON.stringify(value);
