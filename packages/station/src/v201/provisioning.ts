import type { BootAnswer, BootReason } from '../protocol.ts';
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

export const provisioning = ({ core }: Station201): Handlers201 => ({
  async Reset(request) {
    const { status, reasonCode } = await core.resets.request(request);
    return { status, ...(reasonCode !== undefined && { statusInfo: { reasonCode } }) };
  },
});
