import type { Core } from '../core.ts';
import { hardwareOf, unlimitedOf } from '../smart-charging/composite-of.ts';
import type { Connector } from '../connector.ts';
import type { VariableName } from './standard-variables.ts';
import { connectorStatusOf } from '../v201/availability.ts';
import type { VariableDefinition } from './variable-definition.ts';

/** Values that follow from the state of a station and are not stored. */
const ofStation: Partial<Record<VariableName, (core: Core) => string | undefined>> = {
  'ChargingStation.AvailabilityState': (core) => (core.availability.isOperative ? 'Available' : 'Unavailable'),
  'ChargingStation.FirmwareVersion': (core) => core.identity.firmwareVersion,
  'ChargingStation.Model': (core) => core.identity.model,
  'ChargingStation.Problem': ({ evses, errors }) =>
    String([errors.of(0), ...evses.map(({ problems }) => problems)].some(({ length }) => length > 0)),
  'ChargingStation.SerialNumber': (core) => core.identity.serialNumber,
  'ChargingStation.SupplyPhases': ({ evses }) => String(unlimitedOf(evses).phases),
  'ChargingStation.VendorName': (core) => core.identity.vendor,
  'ClockCtrlr.DateTime': (core) => core.clock.now().toISOString(),
  'DisplayMessageCtrlr.Available': (core) => String(core.host.displayMessage !== undefined),
  'DisplayMessageCtrlr.DisplayMessages': (core) => String(core.displays.all.length),
  'LocalAuthListCtrlr.Entries': (core) => String(core.tokens.list.size),
  'NetworkConfiguration[1].OcppCsmsUrl': (core) => core.url,
  'OCPP16LegacyCtrlr.NumberOfConnectors': (core) => String(core.connectors.length),
  'OCPP16LegacyCtrlr.PhaseRotation': phaseRotation16,
  'SecurityCtrlr.CertificateEntries': (core) => String(core.certificates.count),
  'SecurityCtrlr.Identity': (core) => core.identity.identity,
  'SecurityCtrlr.SecurityProfile': (core) => String(core.initialSecurityProfile),
  'OCPP16LegacyCtrlr.CustomDisplayCostAndPrice': (core) => String(core.host.showPrice !== undefined),
  'TariffCostCtrlr.Available[Cost]': (core) => String(core.host.showPrice !== undefined),
  'TariffCostCtrlr.Available[Tariff]': (core) => String(core.host.showPrice !== undefined),
  'SmartChargingCtrlr.CompositeScheduleDefaultLimitAmps': ({ evses }) =>
    String(Math.floor(unlimitedOf(evses).currentA)),
  'SmartChargingCtrlr.CompositeScheduleDefaultLimitWatts': (core) => String(Math.floor(hardwareOf(core).limitW)),
  'SmartChargingCtrlr.CompositeScheduleDefaultNumberPhases': ({ evses }) => String(unlimitedOf(evses).phases),
  'SmartChargingCtrlr.SupportsFeature[EvseSleep]': ({ evses }) =>
    String(evses.some(({ description }) => description.canSleep)),
  'SmartChargingCtrlr.Entries[ChargingProfiles]': (core) => String(core.profiles.all.length),
};

/** The same of an EVSE and of its connectors; for an EVSE it is the connector in use. */
const ofConnector: Record<string, (connector: Connector, core: Core) => string | undefined> = {
  'EVSE.AvailabilityState': (connector) => connectorStatusOf(connector),
  'EVSE.Power': ({ evse }) => String(Math.round(evse.read('Trigger').reading.powerW)),
  'EVSE.Problem': ({ evse }) => String(evse.problems.length > 0),
  'FiscalMetering.PublicKey': ({ evse }, { host }) => host.meterPublicKey?.(evse.id),
  'ConnectorPlugRetentionLock.Problem': ({ evse }) =>
    String(evse.problems.some(({ code }) => code === 'ConnectorLockFailure')),
  'Connector.AvailabilityState': (connector) => connectorStatusOf(connector),
  'Connector.Problem': ({ evse }) => String(evse.problems.length > 0),
};

/** As OCPP 1.6 writes it, where the host knows. */
function phaseRotation16({ connectors }: Core): string | undefined {
  const rotations = connectors.map(({ evse }) => evse.description.phaseRotation);
  if (rotations.every((rotation) => rotation === undefined)) return undefined;
  return rotations.map((rotation, index) => `${index + 1}.${toRotation16(rotation)}`).join(',');
}

/** Which phase a single one is, OCPP 1.6 has no word for. */
const toRotation16 = (rotation = 'Unknown') => (rotation.includes('x') ? 'NotApplicable' : rotation);

const byText = new Map(Object.entries(ofStation));
const byName = new Map(Object.entries(ofConnector));

/** The value of a computed variable; undefined for one that is stored. */
export function computedVariable(core: Core, definition: VariableDefinition): string | undefined {
  const { component, variable } = definition.address;
  if (!component.evse) return byText.get(definition.text)?.(core);
  const ofGrid = core.grid.inverters.valueOf(definition);
  if (ofGrid !== undefined) return ofGrid;
  const { id, connectorId } = component.evse;
  const evse = core.evse(id);
  const connector =
    connectorId === undefined ? evse?.connector : evse?.connectors.find((one) => one.id === connectorId);
  return connector && byName.get(`${component.name}.${variable.name}`)?.(connector, core);
}
