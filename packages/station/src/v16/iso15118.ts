import { OcppError } from '@busbar/ocpp';
import type { Iso15118 } from '../security/iso15118.ts';
import { parseFields, type Fields } from '../store/json-fields.ts';
import type { Station16 } from './station16.ts';

const vendorId = 'org.openchargealliance.iso15118pnc';

/** OCPP 1.6 carries the messages of 2.0.1 in DataTransfer: OCA's ISO 15118 Plug & Charge with OCPP 1.6. */
export function iso15118(station: Station16): Iso15118 {
  return {
    async getCertificateStatus(ocspRequestData) {
      const answer = await ask(station, 'GetCertificateStatus', { ocspRequestData });
      return { status: statusOf(answer), ocspResult: answer?.text('ocspResult') };
    },
    async getEvCertificate({ iso15118SchemaVersion, action, exiRequest }) {
      const answer = await ask(station, 'Get15118EVCertificate', { iso15118SchemaVersion, action, exiRequest });
      return { status: statusOf(answer), exiResponse: answer?.text('exiResponse') ?? '' };
    },
    getCertificateChainStatus: () =>
      Promise.reject(new OcppError('NotSupported', 'OCPP 1.6 has no GetCertificateChainStatus')),
  };
}

async function ask({ wire }: Station16, messageId: string, data: object): Promise<Fields | undefined> {
  const answer = await wire.ask('DataTransfer', { vendorId, messageId, data: JSON.stringify(data) });
  return answer.status === 'Accepted' ? parseFields(answer.data) : undefined;
}

const statusOf = (answer: Fields | undefined) => (answer?.text('status') === 'Accepted' ? 'Accepted' : 'Failed');
