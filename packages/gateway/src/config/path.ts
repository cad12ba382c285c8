/** Where an option stands: `['south', 'ocpp', 'port']`. */
export type Path = readonly string[];

/** How people write it: `south.ocpp.port`; items of a list are `tags[0]`. */
export function nameOfPath(path: Path): string {
  return path.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('');
}

/** A text no two paths share. */
export function keyOfPath(path: Path): string {
  return path.join('\u0000');
}

/** The environment variable of an option: `BUSBAR_SOUTH_OCPP_PORT`, `BUSBAR_HEARTBEAT_INTERVAL_S`. */
export function variableOfPath(path: Path): string {
  const words = path.map((part) => part.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_'));
  return ['BUSBAR', ...words].join('_').toUpperCase();
}
