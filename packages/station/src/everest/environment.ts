import type { BrokerAddress } from './mqtt-link.ts';

/** What EVerest tells a module's process. */
export interface ModuleEnvironment {
  moduleId: string;
  /** Where EVerest is installed; absent when the module runs on another computer. */
  installPrefix: string | undefined;
  /** Ends with a slash. Default `everest/`. */
  everestPrefix: string;
  /** Default empty. */
  externalPrefix: string;
  broker: BrokerAddress;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the environment of a process that EVerest started, or that stands in for one it waits for. Throws RangeError. */
export function environmentOf(variables: Variables): ModuleEnvironment {
  const moduleId = variables['EV_MODULE'];
  if (!moduleId) throw new RangeError('EV_MODULE is not set: the id of the module in EVerest’s configuration');
  return {
    moduleId,
    installPrefix: variables['EV_PREFIX'] || undefined,
    everestPrefix: withSlash(variables['EV_MQTT_EVEREST_PREFIX'] || 'everest/'),
    externalPrefix: variables['EV_MQTT_EXTERNAL_PREFIX'] ?? '',
    broker: brokerOf(variables),
  };
}

/** The names with MQTT_SERVER are those of older releases. */
function brokerOf(variables: Variables): BrokerAddress {
  const socketPath = variables['EV_MQTT_BROKER_SOCKET_PATH'];
  if (socketPath) return { socketPath };
  const host = variables['EV_MQTT_BROKER_HOST'] || variables['MQTT_SERVER_ADDRESS'] || 'localhost';
  const port = variables['EV_MQTT_BROKER_PORT'] || variables['MQTT_SERVER_PORT'] || '1883';
  return { host, port: portOf(port) };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new RangeError(`the port of the broker is ${JSON.stringify(text)}: it must be 1 to 65535`);
  return port;
}

const withSlash = (prefix: string) => (prefix.endsWith('/') ? prefix : `${prefix}/`);
