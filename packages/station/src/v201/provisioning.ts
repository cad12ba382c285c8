import type { v21 } from '@busbar/ocpp';
import type { BootAnswer, BootReason } from '../protocol.ts';
import { reportConnector } from './availability.ts';
import { firmwareStatus, logStatus } from './firmware.ts';
import { measured } from './metering.ts';
import type { Handlers201, Station201 } from './station201.ts';

export async function boot({ core, wire }: Station201, reason: BootReason): Promise<BootAnswer> {
  const { vendor, model, serialNumber, firmwareVersion, iccid, imsi } = core.identity;
  const chargingStation = {
    vendorName: vendor.slice(0, 50),
    model: model.slice(0, 20),
    serialNumber: serialNumber.slice(0, 25),
    firmwareVersion: firmwareVersion.slice(0, 50),
    modem: iccid || imsi ? { iccid: iccid?.slice(0, 20), imsi: imsi?.slice(0, 20) } : undefined,
  };
  const { status, interval, currentTime, statusInfo } = await wire.call('BootNotification', {
    reason,
    chargingStation,
  });
  return { status, intervalS: interval, currentTime, statusInfo };
}

export async function heartbeat({ wire }: Station201): Promise<string> {
  return (await wire.call('Heartbeat', {})).currentTime;
}

export const provisioning = (station: Station201): Handlers201 => ({
  Reset({ type, evseId }) {
    const { core } = station;
    if (evseId !== undefined) return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } };
    const isBusy = () => core.evses.some(({ transaction }) => transaction);
    if (type === 'OnIdle' && isBusy()) {
      const check = () => {
        if (isBusy()) return;
        core.events.off('transactionEnded', check);
        core.later(() => core.reset('Soft', 'ScheduledReset'));
      };
      core.events.on('transactionEnded', check);
      return { status: 'Scheduled' };
    }
    core.later(() => core.reset(type === 'Immediate' ? 'Hard' : 'Soft', 'RemoteReset'));
    return { status: 'Accepted' };
  },

  TriggerMessage({ requestedMessage, evse }) {
    const { core } = station;
    const trigger = triggered[requestedMessage];
    if (!trigger) return { status: 'NotImplemented' };
    const isUnknown = evse && evse.id !== 0 && !core.evse(evse.id);
    const isRefused = requestedMessage === 'BootNotification' && core.registration === 'Accepted';
    if (isUnknown || isRefused) return { status: 'Rejected' };
    if (core.registration === 'Rejected' && requestedMessage !== 'BootNotification') return { status: 'Rejected' };
    core.later(() => trigger(station, evse?.id));
    return { status: 'Accepted' };
  },
});

type Trigger = (station: Station201, evseId: number | undefined) => void;

/** Triggered messages go out also while the station is Pending. */
const triggered: Partial<Record<v21.MessageTriggerEnumType, Trigger>> = {
  BootNotification: ({ core }) => core.bootAgain(),
  FirmwareStatusNotification: (station) => {
    const { status, requestId } = station.core.firmwareUpdate.progress;
    firmwareStatus(station, status, { requestId, cause: 'triggered' });
  },
  Heartbeat: ({ wire }) => wire.tell('Heartbeat', {}, 'triggered'),
  LogStatusNotification: (station) => {
    const { status, requestId } = station.core.logUpload.progress;
    logStatus(station, status, { requestId, cause: 'triggered' });
  },
  SignChargingStationCertificate: ({ core }) => core.signing.request('ChargingStationCertificate'),
  SignV2GCertificate: ({ core }) => core.signing.request('V2GCertificate'),
  SignCombinedCertificate: ({ core }) => core.signing.request('ChargingStationCertificate'),
  MeterValues: (station, evseId) => {
    for (const evse of evsesOf(station, evseId)) measured(station, evse, evse.read('Trigger'), 'triggered');
  },
  StatusNotification: (station, evseId) => {
    const connectors = [...evsesOf(station, evseId)].flatMap((evse) => evse.connectors);
    for (const connector of connectors) reportConnector(station, connector, 'triggered');
  },
  TransactionEvent: (station, evseId) => {
    for (const evse of evsesOf(station, evseId)) {
      if (!evse.transaction) continue;
      station.core.transactions.updated(evse.transaction, { trigger: 'Trigger', reading: evse.read('Trigger') });
    }
  },
};

function evsesOf({ core }: Station201, evseId = 0) {
  return core.evses.filter(({ id }) => evseId === 0 || id === evseId);
}
