/**
 * EVerest's OCPP module in one file: `npx node examples/everest-module.ts manifest` writes what goes into EVerest's modules
 * directory, and without an argument it is the module, with the environment that EVerest's manager would set:
 *
 *   EV_MODULE=ocpp EV_MQTT_BROKER_HOST=localhost EVEREST_RELEASE=2026.08 npx node examples/everest-module.ts
 *
 * STATION_FILE is where the station remembers what must survive a power cut; default: nowhere.
 */
import { createOcppInterface, createStation, openStationFile, toVersions } from '@busbar/station';
import { environmentOf, manifestText, OcppModule } from '@busbar/station/everest';

if (process.argv[2] === 'manifest') process.stdout.write(manifestText());
else await run();

async function run(): Promise<void> {
  const { moduleId, everestPrefix, broker } = environmentOf(process.env);
  const everest = new OcppModule({ moduleId, everestPrefix, broker, release: process.env['EVEREST_RELEASE'] ?? '' });
  everest.module.events.on('problem', (problem) => console.error(problem));
  everest.start();

  const host = await everest.host();
  const setting = (name: string, otherwise: string) => String(everest.module.config?.parameters.get(name) ?? otherwise);
  const identity = setting('Identity', 'CP1');
  const memory = openStationFile(process.env['STATION_FILE'] ?? ':memory:');
  const station = createStation({
    identity,
    url: setting('CsmsUrl', 'ws://127.0.0.1:9000/ocpp'),
    versions: toVersions(setting('OcppVersions', '2.1,2.0.1,1.6')),
    host,
    store: memory.storeOf(identity),
  });
  everest.serve({ station, ocpp: createOcppInterface(station) });
  station.events.on('booted', ({ status }) => console.log('boot:', status));
  station.start();

  const end = async () => {
    await station.stop();
    await everest.stop();
    memory.close();
  };
  everest.module.events.once('shutdown', () => void end());
  process.once('SIGTERM', () => void end());
  process.once('SIGINT', () => void end());
}
