import type { EventEmitter } from 'node:events';
import { activeSlotOf, networkProfileOf } from '../connection/network-profiles.ts';
import { withoutUserData } from '../connection/user-data.ts';
import type { BootNotificationResponse, ConnectionStatus, OcppVariables } from './ocpp-interface.ts';
import type { BootAnswer } from '../protocol.ts';
import type { Station } from '../station.ts';

/** Publishes every connect and disconnect, and what the CSMS says to every BootNotification. */
export function publishConnection(station: Station, events: EventEmitter<OcppVariables>): void {
  let details = detailsOf(station);
  const publish = (status: ConnectionStatus) => {
    events.emit('connection_status', status);
    events.emit('is_connected', status.connected);
  };
  station.events.on('connected', () => {
    details = detailsOf(station);
    publish({ connected: true, ...details });
  });
  station.events.on('disconnected', () => publish({ connected: false, ...details }));
  station.events.on('booted', (answer) => {
    events.emit('boot_notification_response', toBootResponse(answer, station.inside.clock.now()));
  });
}

/** Of the connection that is open. */
function detailsOf({ inside, version }: Station): Omit<ConnectionStatus, 'connected'> {
  const slot = activeSlotOf(inside.variables);
  const { url, identity, securityProfile, ocppInterface } = networkProfileOf(inside.variables, slot);
  return {
    ...(url !== undefined && { csms_url: withoutUserData(url) }),
    identity,
    ...(securityProfile !== undefined && { security_profile: securityProfile }),
    configuration_slot: slot,
    ...(ocppInterface !== undefined && { ocpp_interface: ocppInterface }),
    ocpp_transport: 'JSON',
    ocpp_version: version,
  };
}

function toBootResponse(
  { status, intervalS, currentTime, statusInfo }: BootAnswer,
  now: Date,
): BootNotificationResponse {
  const time = new Date(currentTime);
  return {
    status,
    current_time: (Number.isNaN(time.getTime()) ? now : time).toISOString(),
    interval: intervalS,
    ...(statusInfo && {
      status_info: {
        reason_code: statusInfo.reasonCode,
        ...(statusInfo.additionalInfo !== undefined && { additional_info: statusInfo.additionalInfo }),
      },
    }),
  };
}
