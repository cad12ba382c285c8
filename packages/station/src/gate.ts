import { OcppError, type Handlers, type OcppVersion } from '@busbar/ocpp';
import type { Core } from './core.ts';

/** The handlers while the CSMS has not rejected the station; then every request is refused with SecurityError. */
export function gated<V extends OcppVersion>(core: Core, handlers: Handlers<V>): Handlers<V> {
  return new Proxy(handlers, {
    get: (target, action, receiver) =>
      core.registration === 'Rejected' && action in target && !mayStill(core, action)
        ? refuse
        : Reflect.get(target, action, receiver),
  });
}

/** OCPP 2.x: a CSMS that has changed its mind may trigger the next boot (F06.FR.06). */
function mayStill({ version }: Core, action: PropertyKey): boolean {
  return version !== '1.6' && action === 'TriggerMessage';
}

function refuse(): never {
  throw new OcppError('SecurityError', 'the CSMS has rejected this station: it answers nothing until the next boot');
}
