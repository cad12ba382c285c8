import type { EverestHost } from './everest-host.ts';
import type { EverestEvse } from './everest-evse.ts';
import { evInfoSchema, powermeterSchema, sessionEventSchema } from './neighbour-types.ts';
import { matches, problemIn, type Schema, type Static } from './schema.ts';

/** Takes one variable of one EVSE; answers what is wrong with the value. */
type Route = (evse: EverestEvse, value: unknown) => string | undefined;

const routes: Readonly<Record<string, Route>> = {
  session_event: route(sessionEventSchema, (evse, event) => evse.received(event)),
  powermeter: route(powermeterSchema, (evse, meter) => evse.measured(meter)),
  ev_info: route(evInfoSchema, (evse, { soc }) => evse.charged(soc)),
};

/** Gives a variable of an EVSE manager to the host. Answers the problem when it cannot be read. */
export function routeEvseVariable(
  host: EverestHost,
  { evseId, name, value }: { evseId: number; name: string; value: unknown },
): string | undefined {
  const evse = host.evse(evseId);
  const problem = evse && routes[name]?.(evse, value);
  return problem && `EVSE ${evseId} ${name}: ${problem}`;
}

function route<S extends Schema>(schema: S, take: (evse: EverestEvse, value: Static<S>) => void): Route {
  return (evse, value) => {
    if (!matches(schema, value)) return problemIn(schema, value);
    take(evse, value);
    return undefined;
  };
}
