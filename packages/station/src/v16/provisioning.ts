import type { Handlers } from '@busbar/ocpp';
import type { BootAnswer } from '../protocol.ts';
import type { Station16 } from './station16.ts';

export async function boot({ core, wire }: Station16): Promise<BootAnswer> {
  const { vendor, model, serialNumber, firmwareVersion, iccid, imsi, meterType, meterSerialNumber } = core.identity;
  const { status, interval, currentTime } = await wire.call('BootNotification', {
    chargePointVendor: vendor.slice(0, 20),
    chargePointModel: model.slice(0, 20),
    chargePointSerialNumber: serialNumber.slice(0, 25),
    firmwareVersion: firmwareVersion.slice(0, 50),
    iccid: iccid?.slice(0, 20),
    imsi: imsi?.slice(0, 20),
    meterType: meterType?.slice(0, 25),
    meterSerialNumber: meterSerialNumber?.slice(0, 25),
  });
  return { status, intervalS: interval, currentTime };
}

export async function heartbeat({ wire }: Station16): Promise<string> {
  return (await wire.call('Heartbeat', {})).currentTime;
}

export const provisioning = ({ core }: Station16): Handlers<'1.6'> => ({
  async Reset({ type }) {
    if (!(await core.resets.allows(type))) return { status: 'Rejected' };
    core.later(() => core.reset(type, 'RemoteReset'));
    return { status: 'Accepted' };
  },
});
