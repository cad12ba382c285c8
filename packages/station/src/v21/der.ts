import type { Handlers, v21 } from '@busbar/ocpp';
import type { DerControl } from '../grid/der-control.ts';
import { mostIds } from '../grid/der-controls.ts';
import { derObjectionTo } from '../grid/der-rules.ts';
import { pageBytesOf, pagesOf } from '../v201/pages.ts';
import type { Station201 } from '../v201/station201.ts';

/** DER controls: OCPP 2.1 R04. */
export const derControls = (station: Station201): Handlers<'2.1'> => ({
  SetDERControl(directive) {
    const { inverters, controls } = station.core.grid;
    const { controlType, controlId, customData: _, ...rest } = directive;
    if (!inverters.supports(controlType)) return { status: 'NotSupported' };
    const isNew = controls.matching({ id: controlId }).length === 0;
    const objection =
      derObjectionTo(directive, station.core.clock.now()) ?? (isNew && controls.isFull ? 'OutOfStorage' : undefined);
    if (objection !== undefined) return { status: 'Rejected', statusInfo: { reasonCode: objection } };
    const supersededIds = controls.put({ controlType, controlId, ...rest });
    station.core.later(() => controls.changed());
    return { status: 'Accepted', ...(supersededIds.length > 0 && { supersededIds: supersededIds.slice(0, mostIds) }) };
  },

  GetDERControl({ requestId, isDefault, controlType: type, controlId: id }) {
    const { inverters, controls } = station.core.grid;
    if (id === undefined && type !== undefined && !inverters.supports(type)) return { status: 'NotSupported' };
    const found = controls.matching({ isDefault, type, id });
    if (found.length === 0) return { status: 'NotFound' };
    station.core.later(() => report(station, requestId, found));
    return { status: 'Accepted' };
  },

  ClearDERControl({ isDefault, controlType: type, controlId: id }) {
    const { inverters, controls } = station.core.grid;
    if (id === undefined && type !== undefined && !inverters.supports(type)) return { status: 'NotSupported' };
    if (controls.clear({ isDefault, type, id }) === 0) return { status: 'NotFound' };
    station.core.later(() => controls.changed());
    return { status: 'Accepted' };
  },
});

/** Of one kind in one message. */
const mostRows = 24;

/** The rows of a report, without the request they belong to. */
type Rows = Omit<v21.ReportDERControlRequest, 'requestId' | 'tbc' | 'customData'>;

/** One page after the other. */
async function report({ core, wire }: Station201, requestId: number, found: readonly DerControl[]): Promise<void> {
  const rows = found.map((control) => rowOf(control, core.grid.controls.isSuperseded(control) ? 'superseded' : 'free'));
  const pages = [...pagesOf(rows, pageBytesOf(core.variables))].flatMap(({ items }) => slicesOf(items));
  try {
    for (const [index, page] of pages.entries()) {
      const tbc = index < pages.length - 1 || undefined;
      await wire.call21('ReportDERControl', { requestId, tbc, ...merged(page) });
    }
  } catch (error) {
    core.events.emit('callFailed', { action: 'ReportDERControl', error });
  }
}

function slicesOf(rows: readonly Rows[]): Rows[][] {
  const count = Math.ceil(rows.length / mostRows);
  return Array.from({ length: count }, (_, index) => rows.slice(index * mostRows, (index + 1) * mostRows));
}

function rowOf({ directive }: DerControl, state: 'superseded' | 'free'): Rows {
  const { controlId: id, controlType: curveType, isDefault, curve, enterService, gradient, ...rest } = directive;
  const { fixedPFAbsorb, fixedPFInject, fixedVar, freqDroop, limitMaxDischarge } = rest;
  const about = { id, isDefault, isSuperseded: state === 'superseded' };
  return {
    curve: curve && [{ curve, curveType, ...about }],
    enterService: enterService && [{ enterService, id }],
    fixedPFAbsorb: fixedPFAbsorb && [{ fixedPF: fixedPFAbsorb, ...about }],
    fixedPFInject: fixedPFInject && [{ fixedPF: fixedPFInject, ...about }],
    fixedVar: fixedVar && [{ fixedVar, ...about }],
    freqDroop: freqDroop && [{ freqDroop, ...about }],
    gradient: gradient && [{ gradient, id }],
    limitMaxDischarge: limitMaxDischarge && [{ limitMaxDischarge, ...about }],
  };
}

function merged(rows: readonly Rows[]): Rows {
  return {
    curve: some(rows.flatMap(({ curve = [] }) => curve)),
    enterService: some(rows.flatMap(({ enterService = [] }) => enterService)),
    fixedPFAbsorb: some(rows.flatMap(({ fixedPFAbsorb = [] }) => fixedPFAbsorb)),
    fixedPFInject: some(rows.flatMap(({ fixedPFInject = [] }) => fixedPFInject)),
    fixedVar: some(rows.flatMap(({ fixedVar = [] }) => fixedVar)),
    freqDroop: some(rows.flatMap(({ freqDroop = [] }) => freqDroop)),
    gradient: some(rows.flatMap(({ gradient = [] }) => gradient)),
    limitMaxDischarge: some(rows.flatMap(({ limitMaxDischarge = [] }) => limitMaxDischarge)),
  };
}

const some = <T>(items: T[]) => (items.length > 0 ? items : undefined);
