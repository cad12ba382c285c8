import type { Handlers } from '@busbar/ocpp';
import { changeAvailability } from '../availability/availability.ts';
import type { Connector } from '../connector.ts';
import type { Core } from '../core.ts';
import { transitions, wayTo, type EvseStatus } from '../availability/connector-status.ts';
import type { Evse } from '../evse.ts';
import type { Fault } from '../station-host.ts';
import type { Cause } from '../wire.ts';
import { connectorOf, numberOf } from './connectors.ts';
import { toProblem, toResolved, type Problem } from './problems.ts';
import type { Station16 } from './station16.ts';

/** Connector 0 is the station. */
export function reportStatus(station: Station16, which: 'changed' | 'all'): void {
  if (!isHeard(station)) return;
  if (which === 'all' || station.reportedStatus !== stationKey(station)) reportStation(station);
  for (const connector of station.core.connectors) {
    if (which === 'all') reportConnector(station, connector);
    else reportChange(station, connector);
  }
}

const isHeard = ({ core }: Station16) => core.registration === 'Accepted' && core.isOnline;

/** Once for each error that it has. */
export function reportStation(station: Station16, cause: Cause = 'own'): void {
  station.reportedStatus = stationKey(station);
  for (const problem of toProblems(station.core.errors.of(0))) tellStation(station, problem, cause);
}

export function tellStation(station: Station16, problem: Problem, cause: Cause = 'own'): void {
  const { core, wire } = station;
  const timestamp = core.clock.now().toISOString();
  wire.tell('StatusNotification', { connectorId: 0, status: stationStatus(station), timestamp, ...problem }, cause);
}

/** OCPP 1.6 MinimumStatusDuration: what does not last is not told. */
function reportChange(station: Station16, connector: Connector): void {
  const { statusDelays, core } = station;
  const key = keyOf(core, connector);
  if (key === connector.reportedStatus) return statusDelays.cancel(connector);
  const delayS = core.variables.number('OCPP16LegacyCtrlr.MinimumStatusDuration');
  if (delayS === 0) return reportWay(station, connector);
  statusDelays.wait(connector, { key, ms: delayS * 1000 }, () => {
    if (isHeard(station)) reportWay(station, connector);
  });
}

/** What lies between the status that the CSMS knows and the one of now, then that, with all errors where it does not know them. */
function reportWay(station: Station16, connector: Connector): void {
  const { status, reportedStatus, evse } = connector;
  const from = knownStatusOf(connector);
  const problem = toProblem(station.core.errors.of(evse.id).at(-1));
  for (const between of from ? wayTo(from, status).slice(0, -1) : []) {
    tellStatus(station, connector, { status: between, problem, cause: 'own' });
  }
  const isKnown = from && reportedStatus?.startsWith(`${from} ${errorsKey(station.core, evse.id)} `);
  reportConnector(station, connector, { problems: isKnown ? evse.problems.slice(-1) : evse.problems });
}

/** Once for each problem that it has, what matters most last. */
export function reportConnector(
  station: Station16,
  connector: Connector,
  { problems = connector.evse.problems, cause = 'own' }: { problems?: readonly Fault[]; cause?: Cause } = {},
): void {
  const { status } = connector;
  station.statusDelays.cancel(connector);
  connector.reportedStatus = keyOf(station.core, connector);
  for (const problem of toProblems(problems)) tellStatus(station, connector, { status, problem, cause });
}

function tellStatus(
  { core, wire }: Station16,
  connector: Connector,
  { status, problem, cause }: { status: EvseStatus; problem: Problem; cause: Cause },
): void {
  const connectorId = numberOf(core, { evseId: connector.evse.id, connectorId: connector.id });
  const timestamp = core.clock.now().toISOString();
  wire.tell('StatusNotification', { connectorId, status, timestamp, ...problem }, cause);
}

/** Tells what is wrong, or no longer, at once; the status that the CSMS knows stays as it is, unless it is a fault's. */
export function reportProblem(
  station: Station16,
  evse: Evse | undefined,
  { fault, isCleared }: { fault: Fault; isCleared: boolean },
): void {
  if (!isHeard(station)) return;
  const left = evse?.problems ?? station.core.errors.of(0);
  const problem = isCleared ? toResolved(fault, left.at(-1)) : toProblem(fault);
  if (!evse) {
    station.reportedStatus = stationKey(station);
    return tellStation(station, problem);
  }
  for (const connector of evse.connectors) {
    if (connector.reportedStatus === keyOf(station.core, connector)) continue;
    const known = knownStatusOf(connector) ?? connector.status;
    const status = [known, connector.status].includes('Faulted') ? connector.status : known;
    if (status === connector.status) station.statusDelays.cancel(connector);
    connector.reportedStatus = keyOf(station.core, connector, status);
    tellStatus(station, connector, { status, problem, cause: 'own' });
  }
}

const toProblems = (faults: readonly Fault[]): readonly Problem[] =>
  faults.length > 0 ? faults.map(toProblem) : [toProblem(undefined)];

const statuses = Object.keys(transitions).filter(isStatus);

function isStatus(name: string): name is EvseStatus {
  return Object.hasOwn(transitions, name);
}

const knownStatusOf = ({ reportedStatus }: Connector) =>
  statuses.find((status) => reportedStatus?.startsWith(`${status} `));

const stationStatus = ({ core }: Station16) => (core.availability.isOperative ? 'Available' : 'Unavailable');

const stationKey = (station: Station16) => `${stationStatus(station)} ${errorsKey(station.core, 0)}`;

/** What the CSMS knows of a connector, when it was told this status. */
const keyOf = (core: Core, { status, evse }: Connector, told: EvseStatus = status) =>
  `${told} ${errorsKey(core, evse.id)} ${evse.fault?.code ?? ''}`;

const errorsKey = ({ errors }: Core, evseId: number) => JSON.stringify(errors.of(evseId).map(({ id }) => id));

export const availability = ({ core }: Station16): Handlers<'1.6'> => ({
  ChangeAvailability({ connectorId, type }) {
    const connector = connectorOf(core, connectorId);
    if (connectorId !== 0 && !connector) return { status: 'Rejected' };
    const place = connector ? { evseId: connector.evse.id, connectorId: connector.id } : {};
    return { status: changeAvailability(core, place, type === 'Operative').status };
  },
});
