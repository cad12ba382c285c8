import type { BackOff } from './back-off.ts';
import { eventOfFailure, type FailureKind } from './connect-failure.ts';
import { Connection, type ConnectionOptions, type FailedAttempt } from './connection.ts';
import type { Core } from '../core.ts';
import type { DeviceModel } from '../device-model/device-model.ts';
import type { StationOptions } from '../options.ts';
import { ownSecurityEvent } from '../security/security-events.ts';

/** The connection of a station, by its settings and network profiles. */
export function connectionOf(
  core: Core,
  options: StationOptions,
  { onOpen, onClose }: Pick<ConnectionOptions, 'onOpen' | 'onClose'>,
): Connection {
  const { clock, random, network, variables } = core;
  const watch = connectionEvents(core);
  return new Connection({
    target: () => network.target(),
    connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
    clock,
    random,
    backOff: () => backOffOf(variables, options.backOff),
    pingIntervalMs: () => variables.number('OCPPCommCtrlr.WebSocketPingInterval') * 1000,
    pongTimeoutMs: () => variables.number('InternalCtrlr.WebsocketPongTimeout') * 1000,
    onOpen(subprotocol, transmit) {
      watch.opened();
      return onOpen(subprotocol, transmit);
    },
    onClose,
    onFailure: (failure) => watch.failed(failure),
  });
}

/** Tells of attempts that fail, and raises the security event of each kind once until the next connection. */
function connectionEvents(core: Core): { failed(failure: FailedAttempt): void; opened(): void } {
  const raised = new Set<FailureKind>();
  return {
    failed(failure) {
      core.network.failed(failure);
      const type = eventOfFailure[failure.kind];
      if (type && !raised.has(failure.kind)) ownSecurityEvent(core, { type, info: failure.message });
      raised.add(failure.kind);
      core.events.emit('connectFailed', failure);
    },
    opened: () => raised.clear(),
  };
}

/** The longest wait between two attempts, whatever the settings: a day. */
const maximumMs = 86_400_000;

/** A CSMS that accepts and closes at once must not be dialled without a pause. */
const shortestMs = 1000;

/** The variables RetryBackOff…; the options of the station go before them. */
function backOffOf(variables: DeviceModel, options: Partial<BackOff> | undefined): BackOff {
  return {
    minimumMs: Math.max(variables.number('OCPPCommCtrlr.RetryBackOffWaitMinimum') * 1000, shortestMs),
    rangeMs: variables.number('OCPPCommCtrlr.RetryBackOffRandomRange') * 1000,
    doublings: variables.number('OCPPCommCtrlr.RetryBackOffRepeatTimes'),
    maximumMs,
    ...options,
  };
}
