/**
 * A charger with one EVSE. `host` is all that its firmware must supply; `report` is how it tells what happens.
 *
 *   npx node examples/embedded-charger.ts ws://127.0.0.1:9000/ocpp CP1 charger.db
 *
 * Here, lines on the standard input play the hardware: `plug`, `card CARD1`, `meter 1500`, `unplug`, `quit`. Where BROKER
 * (and PORT) name an MQTT broker, `ocpp-over-mqtt.sh` works with it.
 */
import { createInterface } from 'node:readline';
import { createOcppInterface, createStation, openStationFile } from '@busbar/station';
import type { HostEvents, StationHost } from '@busbar/station';
import { OcppApi } from '@busbar/station/everest';

const [url = 'ws://127.0.0.1:9000/ocpp', identity = 'CP1', file = ':memory:'] = process.argv.slice(2);
const { BROKER, PORT = '1883' } = process.env;
const hardware = { isOn: false, limitA: 16, energyWh: 0 };
let report: HostEvents | undefined;

const host: StationHost = {
  evses: [{ id: 1, phases: 3, maxCurrentA: 16, voltageV: 230, connectorType: 'sType2' }],
  attach: (events) => (report = events),
  start: () => supply({ isOn: true }),
  stop: () => supply({ isOn: false }),
  limit: (_evseId, limit) => (hardware.limitA = limit?.currentA ?? 16),
  meter: () => ({
    energyWh: hardware.energyWh,
    powerW: hardware.isOn ? 3 * 230 * hardware.limitA : 0,
    currentsA: Array.from({ length: 3 }, () => (hardware.isOn ? hardware.limitA : 0)),
    voltagesV: [230, 230, 230],
  }),
  unlock: () => Promise.resolve(true),
  reset: () => Promise.resolve(),
};

function supply({ isOn }: { isOn: boolean }): void {
  hardware.isOn = isOn;
  report?.chargingStateChanged(1, isOn ? 'Charging' : 'SuspendedEVSE');
}

const memory = openStationFile(file);
const station = createStation({ identity, url, host, store: memory.storeOf(identity), vendor: 'Acme', model: 'One' });
const ocpp = createOcppInterface(station);
const show = (value: unknown) => console.log(JSON.stringify(value));
ocpp.events.on('connection_status', show);
ocpp.events.on('boot_notification_response', show);
ocpp.events.on('ocpp_transaction_event', show);
station.events.on('tokenRefused', ({ status }) => console.log('this card may not charge:', status));
const api = BROKER ? new OcppApi({ broker: { host: BROKER, port: Number(PORT) }, ocpp, identity }) : undefined;
api?.start();
station.start();

createInterface(process.stdin).on('line', (line) => {
  const [what, word = ''] = line.split(' ');
  if (what === 'plug') report?.pluggedIn(1);
  if (what === 'unplug') report?.unplugged(1);
  if (what === 'card') report?.tokenPresented(1, { idToken: word, type: 'ISO14443' });
  if (what === 'meter') hardware.energyWh = Number(word);
  if (what === 'quit') void Promise.all([station.stop(), api?.stop()]).then(() => [memory.close(), process.exit()]);
});
