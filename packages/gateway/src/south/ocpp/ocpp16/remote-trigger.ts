import type { v16 } from '@busbar/ocpp';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import { invalid, type Caller } from '../caller.ts';

const triggers: readonly v16.TriggerMessageRequest['requestedMessage'][] = [
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'StatusNotification',
];

/** What only ExtendedTriggerMessage knows, by its names in 1.6 and 2.0.1. */
const extendedTriggers: Readonly<Record<string, v16.MessageTriggerEnumType>> = {
  LogStatusNotification: 'LogStatusNotification',
  SignChargePointCertificate: 'SignChargePointCertificate',
  SignChargingStationCertificate: 'SignChargePointCertificate',
};

export async function triggerMessage(
  caller: Caller<'1.6'>,
  { requestedMessage, evseId }: CommandOf<'triggerMessage'>,
  options: SendOptions,
): Promise<CommandResult> {
  const place = evseId === undefined || evseId === 0 ? {} : { connectorId: evseId };
  const plain = triggers.find((name) => name === requestedMessage);
  const extended = extendedTriggers[requestedMessage];
  if (plain === undefined && extended === undefined) {
    throw invalid(
      `OCPP 1.6 cannot trigger ${requestedMessage}: name one of ${[...triggers, ...Object.keys(extendedTriggers)].join(', ')}.`,
    );
  }
  const response =
    plain === undefined && extended !== undefined
      ? await caller.call('ExtendedTriggerMessage', { requestedMessage: extended, ...place }, options)
      : await caller.call('TriggerMessage', { requestedMessage: plain ?? 'StatusNotification', ...place }, options);
  return { accepted: response.status === 'Accepted', status: response.status, response };
}
