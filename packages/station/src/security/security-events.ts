import type { Core } from '../core.ts';
import type { BootReason } from '../protocol.ts';

/** Something that concerns the security of the station. */
export interface SecurityEvent {
  /** OCPP 2.0.1 SecurityEventNotification type; at most 50 characters are sent. */
  type: string;
  /** At most 255 characters are sent. */
  info?: string | undefined;
  /** Whether the CSMS must hear of it; by default the table decides. */
  isCritical?: boolean | undefined;
  /** Default: now. */
  at?: Date | undefined;
}

/** The events of OCPP 2.0.1 and of the 1.6 white paper that must reach the CSMS; the others are only logged. */
const critical: ReadonlySet<string> = new Set([
  'CSRGenerationFailed',
  'FirmwareUpdated',
  'InvalidCentralSystemCertificate',
  'InvalidChargePointCertificate',
  'InvalidChargingStationCertificate',
  'InvalidCsmsCertificate',
  'InvalidFirmwareSignature',
  'InvalidFirmwareSigningCertificate',
  'InvalidTLSCipherSuite',
  'InvalidTLSVersion',
  'MaintenanceLoginAccepted',
  'MaintenanceLoginFailed',
  'MemoryExhaustion',
  'ResetOrReboot',
  'SecurityLogWasCleared',
  'SettingSystemTime',
  'StartupOfTheDevice',
  'TamperDetectionActivated',
]);

/** What OCPP 1.6 calls otherwise. */
const names16: Partial<Record<string, string>> = {
  InvalidCsmsCertificate: 'InvalidCentralSystemCertificate',
  InvalidChargingStationCertificate: 'InvalidChargePointCertificate',
};

/** Every start is a security event that must reach the CSMS. */
export function startEventOf(reason: BootReason): string {
  if (reason === 'FirmwareUpdate') return 'FirmwareUpdated';
  return reason === 'PowerUp' ? 'StartupOfTheDevice' : 'ResetOrReboot';
}

/** Logs the event, and queues it for the CSMS when it is critical. */
export function raiseSecurityEvent(core: Core, event: SecurityEvent): void {
  const { clock, delivery, securityLog } = core;
  const at = (isValid(event.at) ? event.at : clock.now()).toISOString();
  const record = { kind: 'security', type: event.type.slice(0, 50), at, info: event.info?.slice(0, 255) } as const;
  securityLog.add(record);
  if (isSilent(core)) return;
  if (event.isCritical ?? critical.has(event.type)) delivery.add(record);
}

/** One that arose inside the station: those who watch it hear of it too. */
export function ownSecurityEvent(core: Core, event: SecurityEvent): void {
  const type = core.version === '1.6' ? (names16[event.type] ?? event.type) : event.type;
  raiseSecurityEvent(core, { ...event, type });
  core.events.emit('securityEvent', { ...event, type });
}

/** OCPP 1.6: the CSMS may not want to hear of any. */
export function isSilent({ version, variables }: Core): boolean {
  return version === '1.6' && variables.isOn('OCPP16LegacyCtrlr.DisableSecurityEventNotifications');
}

function isValid(at: Date | undefined): at is Date {
  return at !== undefined && !Number.isNaN(at.getTime());
}
