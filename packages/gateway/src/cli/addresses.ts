import { networkInterfaces } from 'node:os';

/** Addresses by which others reach a server that listens on `host`, the most likely first. */
export function reachableAddresses(host: string, interfaces = networkInterfaces()): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const all = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal, scopeid }) => !internal && !scopeid)
      .map(({ address, family }) => ({ name, address, family })),
  );
  const usable = all.filter(({ family }) => host === '::' || family === 'IPv4');
  const ranked = usable.toSorted((a, b) => rankOf(a) - rankOf(b));
  return ranked.length === 0 ? ['127.0.0.1'] : ranked.map(({ address }) => address);
}

/** Bridges of containers and virtual machines come last: no charger is on them. */
function rankOf({ name, family }: { name: string; family: string }): number {
  const isVirtual = /^(docker|br-|veth|virbr|cni|flannel|podman|tun|tap|utun)/.test(name);
  return (isVirtual ? 2 : 0) + (family === 'IPv4' ? 0 : 1);
}

/** The URL with another host: `urlAt('ws://0.0.0.0:9000/ocpp', '10.0.0.5')`. */
export function urlAt(url: string, host: string): string {
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return url.replace(/^(\w+:\/\/)(\[[^\]]*\]|[^:/]+)/, `$1${shown}`);
}

export function hostOf(url: string): string {
  return /^\w+:\/\/(\[[^\]]*\]|[^:/]+)/.exec(url)?.[1]?.replaceAll(/[[\]]/g, '') ?? '';
}
