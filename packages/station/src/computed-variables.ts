import type { Core } from './core.ts';
import type { VariableName } from './standard-variables.ts';

/** Values that follow from the state of a station and are not stored. */
const computed: Partial<Record<VariableName, (core: Core) => string>> = {
  'ChargingStation.AvailabilityState': (core) => (core.isOperative ? 'Available' : 'Unavailable'),
  'ChargingStation.FirmwareVersion': (core) => core.identity.firmwareVersion,
  'ChargingStation.Model': (core) => core.identity.model,
  'ChargingStation.SerialNumber': (core) => core.identity.serialNumber,
  'ChargingStation.SupplyPhases': (core) => String(core.unlimited.phases),
  'ChargingStation.VendorName': (core) => core.identity.vendor,
  'ClockCtrlr.DateTime': (core) => core.clock.now().toISOString(),
  'LocalAuthListCtrlr.Entries': (core) => String(core.tokens.listSize),
  'OCPPCommCtrlr.ActiveNetworkProfile': (core) => String(core.network.activeSlot ?? 1),
  'OCPP16LegacyCtrlr.NumberOfConnectors': (core) => String(core.evses.length),
  'SecurityCtrlr.CertificateEntries': (core) => String(core.certificates.count),
  'SecurityCtrlr.Identity': (core) => core.identity.identity,
  'SecurityCtrlr.SecurityProfile': (core) => String(core.network.securityProfile.value),
  'SmartChargingCtrlr.Entries[ChargingProfiles]': (core) => String(core.profiles.all.length),
};

/** The value of a computed variable; undefined for one that is stored. */
export function computedVariable(core: Core, name: VariableName): string | undefined {
  return computed[name]?.(core);
}
