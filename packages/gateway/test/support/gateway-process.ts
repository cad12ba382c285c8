import { App } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { silentLog } from '../../src/lib/silent-log.ts';
import { services } from '../../src/north/index.ts';
import { drivers } from '../../src/south/index.ts';

/** The gateway as a process that a test can kill: `gateway-process.ts FOLDER HTTP-PORT OCPP-PORT`. */
const [data = '', httpPort = '0', ocppPort = '0', ...set] = process.argv.slice(2);
const adapters = [
  'south.ocpp.host=127.0.0.1',
  `south.ocpp.port=${ocppPort}`,
  'north.api.host=127.0.0.1',
  `north.api.port=${httpPort}`,
];
const flags = {
  set: [`data=${data}`, 'unknownStations=accept', 'south.ocpp.handshakesPerSecond=100000', ...adapters, ...set],
};
const config = loadConfig({ cwd: data, env: {}, flags, drivers, services });
const app = new App({ config, log: silentLog });
await app.start();
console.log(JSON.stringify({ http: app.addressOf('api'), ocpp: app.addressOf('ocpp'), key: app.firstAdminKey }));
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
