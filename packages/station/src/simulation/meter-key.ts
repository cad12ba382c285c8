import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { MeterReading, SignedReading } from '../station-host.ts';

/** Signs what a meter shows. */
export interface MeterKey {
  /** DER, base64. */
  readonly publicKey: string;
  sign(reading: Pick<MeterReading, 'energyWh'>, at: Date): SignedReading;
}

const signingMethod = 'ECDSA-secp256r1-SHA256';

/** A new key, and readings in the form of OCMF (Open Charge Metering Format). `serial` is that of the meter. */
export function createMeterKey(serial: string): MeterKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  let page = 0;
  return {
    publicKey: der,
    sign({ energyWh }, at) {
      page++;
      const data = ocmfOf({ serial, page, energyWh, at }, privateKey);
      return { data, signingMethod, encodingMethod: 'OCMF', publicKey: der };
    },
  };
}

function ocmfOf(
  { serial, page, energyWh, at }: { serial: string; page: number; energyWh: number; at: Date },
  key: KeyObject,
): string {
  const payload = JSON.stringify({
    FV: '1.0',
    GI: 'Busbar simulated',
    GS: serial,
    PG: `T${page}`,
    MS: serial,
    IS: false,
    RD: [
      {
        TM: `${at.toISOString().replace('.', ',').replace('Z', '+0000')} S`,
        RV: Math.round(energyWh) / 1000,
        RI: '1-b:1.8.0',
        RU: 'kWh',
        ST: 'G',
      },
    ],
  });
  const signature = sign('sha256', Buffer.from(payload), key).toString('hex');
  return Buffer.from(`OCMF|${payload}|${JSON.stringify({ SA: signingMethod, SD: signature })}`).toString('base64');
}
