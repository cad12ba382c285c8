import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import type { VariableName } from './standard-variables.ts';
import { connectorsOf } from './topology-variables.ts';
import { connectorStatusOf } from './v201/availability.ts';
import type { VariableDefinition } from './variable-definition.ts';

/** Values that follow from the state of a station and are not stored. */
const ofStation: Partial<Record<VariableName, (core: Core) => string>> = {
  'ChargingStation.AvailabilityState': (core) => (core.isOperative ? 'Available' : 'Unavailable'),
  'ChargingStation.FirmwareVersion': (core) => core.identity.firmwareVersion,
  'ChargingStation.Model': (core) => core.identity.model,
  'ChargingStation.Problem': (core) => String(core.evses.some(({ fault }) => fault)),
  'ChargingStation.SerialNumber': (core) => core.identity.serialNumber,
  'ChargingStation.SupplyPhases': (core) => String(core.unlimited.phases),
  'ChargingStation.VendorName': (core) => core.identity.vendor,
  'ClockCtrlr.DateTime': (core) => core.clock.now().toISOString(),
  'LocalAuthListCtrlr.Entries': (core) => String(core.tokens.listSize),
  'NetworkConfiguration[1].OcppCsmsUrl': (core) => core.url,
  'OCPP16LegacyCtrlr.NumberOfConnectors': (core) =>
    String(core.evses.reduce((sum, { description }) => sum + connectorsOf(description).length, 0)),
  'SecurityCtrlr.Identity': (core) => core.identity.identity,
  'SmartChargingCtrlr.Entries[ChargingProfiles]': (core) => String(core.profiles.all.length),
};

/** The same of an EVSE and of its connectors. */
const ofEvse: Record<string, (evse: Evse) => string> = {
  'EVSE.AvailabilityState': (evse) => connectorStatusOf(evse),
  'EVSE.Power': (evse) => String(Math.round(evse.read('Trigger').reading.powerW)),
  'EVSE.Problem': ({ fault }) => String(fault !== undefined),
  'Connector.AvailabilityState': (evse) => connectorStatusOf(evse),
  'Connector.Problem': ({ fault }) => String(fault !== undefined),
};

const byText = new Map(Object.entries(ofStation));
const byName = new Map(Object.entries(ofEvse));

/** The value of a computed variable; undefined for one that is stored. */
export function computedVariable(core: Core, { text, address }: VariableDefinition): string | undefined {
  const { component, variable } = address;
  if (!component.evse) return byText.get(text)?.(core);
  const evse = core.evse(component.evse.id);
  return evse && byName.get(`${component.name}.${variable.name}`)?.(evse);
}
