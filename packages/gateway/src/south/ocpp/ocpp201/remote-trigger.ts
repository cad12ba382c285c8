import type { v201 } from '@busbar/ocpp';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import { invalid, type Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import { evseOf } from './availability.ts';
import { reasonOf } from './provisioning.ts';

const triggers: readonly v201.MessageTriggerEnumType[] = [
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargingStationCertificate',
  'SignV2GCertificate',
  'StatusNotification',
  'TransactionEvent',
  'SignCombinedCertificate',
  'PublishFirmwareStatusNotification',
];

/** What 1.6 calls otherwise. */
const renamed: Readonly<Record<string, v201.MessageTriggerEnumType>> = {
  DiagnosticsStatusNotification: 'LogStatusNotification',
  SignChargePointCertificate: 'SignChargingStationCertificate',
};

export async function triggerMessage(
  caller: Caller<Version2>,
  { requestedMessage: wanted, evseId, connectorId }: CommandOf<'triggerMessage'>,
  options: SendOptions,
): Promise<CommandResult> {
  const requestedMessage = triggers.find((name) => name === wanted) ?? renamed[wanted];
  if (requestedMessage === undefined) {
    throw invalid(`OCPP 2.0.1 cannot trigger ${wanted}: name one of ${triggers.join(', ')}.`);
  }
  // A status is that of a connector (OCPP 2.0.1 F06.FR.12).
  const connector = requestedMessage === 'StatusNotification' ? (connectorId ?? 1) : connectorId;
  const response = await caller.call(
    'TriggerMessage',
    { requestedMessage, ...evseOf({ evseId, connectorId: connector }) },
    options,
  );
  return { accepted: response.status === 'Accepted', status: response.status, ...reasonOf(response), response };
}
