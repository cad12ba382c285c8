export type OcppVersion = '1.6' | '2.0.1' | '2.1';

/** The WebSocket subprotocol of each version, as registered with IANA. */
export const subprotocolOf: Record<OcppVersion, string> = {
  '1.6': 'ocpp1.6',
  '2.0.1': 'ocpp2.0.1',
  '2.1': 'ocpp2.1',
};

const versions = new Map<string, OcppVersion>([
  ['ocpp1.6', '1.6'],
  ['ocpp2.0.1', '2.0.1'],
  ['ocpp2.1', '2.1'],
]);

/** The version a subprotocol stands for; undefined for any other, whatever its case. */
export function versionOf(subprotocol: string): OcppVersion | undefined {
  return versions.get(subprotocol);
}
