/** What people and load balancers see who come to the port by plain HTTP. */
export function welcome(
  url: string,
  { host, path, isSecure }: { host: string | undefined; path: string; isSecure: boolean },
): { status: number; text: string } {
  const named = host !== undefined && /^[A-Za-z0-9.:[\]-]{1,255}$/.test(host) ? host : '<host>:<port>';
  const base = `${isSecure ? 'wss' : 'ws'}://${named}${path === '/' ? '' : path}`;
  const text = [
    'This is the OCPP port of Busbar, a gateway for charging stations. It speaks WebSocket, not web pages.',
    `Point a charging station to ${base}/<identity>, or to ${base} where the station appends its identity itself.`,
    '',
  ].join('\n');
  return { status: url === '/' ? 200 : 426, text };
}
