import type { EvseStatus } from '../evse.ts';
import type { Fields } from '../store/json-fields.ts';
import type { ChargingPrice, CostTrigger, IdlePrice, Message, RunningCost } from './price.ts';

/** As OCA's California pricing requirements have it, in DataTransfer of 1.6 and in customData of 2.x. */
export function toRunningCost(fields: Fields, cost: number): RunningCost {
  const next = fields.object('nextPeriod');
  return {
    cost,
    at: fields.date('timestamp'),
    meterWh: fields.number('meterValue'),
    state: fields.text('state'),
    chargingPrice: toChargingPrice(fields.object('chargingPrice')),
    idlePrice: toIdlePrice(fields.object('idlePrice')),
    ...(next && {
      nextPeriod: {
        at: next.date('atTime'),
        chargingPrice: toChargingPrice(next.object('chargingPrice')),
        idlePrice: toIdlePrice(next.object('idlePrice')),
      },
    }),
    trigger: toTrigger(fields.object('triggerMeterValue')),
  };
}

export function toChargingPrice(fields: Fields | undefined): ChargingPrice | undefined {
  return (
    fields && {
      kWhPrice: fields.number('kWhPrice'),
      hourPrice: fields.number('hourPrice'),
      flatFee: fields.number('flatFee'),
    }
  );
}

function toIdlePrice(fields: Fields | undefined): IdlePrice | undefined {
  return fields && { graceMinutes: fields.number('graceMinutes'), hourPrice: fields.number('hourPrice') };
}

function toTrigger(fields: Fields | undefined): CostTrigger | undefined {
  if (!fields) return undefined;
  const [energyKwh, powerKw] = [fields.number('atEnergykWh'), fields.number('atPowerkW')];
  const named = fields.texts('atCPStatus');
  return {
    at: fields.date('atTime'),
    energyWh: energyKwh === undefined ? undefined : energyKwh * 1000,
    powerW: powerKw === undefined ? undefined : powerKw * 1000,
    statuses: statuses.filter((status) => named.includes(status)),
  };
}

const statuses: readonly EvseStatus[] = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEV',
  'SuspendedEVSE',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
];

/** A text, and the same in other languages. */
export function toMessages(fields: Fields, text: string, extra: string): Message[] {
  const content = fields.text(text);
  return [...(content === undefined ? [] : [{ content }]), ...fields.objects(extra).flatMap(toMessage)];
}

export function toMessage(fields: Fields): Message[] {
  const content = fields.text('content');
  return content === undefined ? [] : [{ content, format: fields.text('format'), language: fields.text('language') }];
}
