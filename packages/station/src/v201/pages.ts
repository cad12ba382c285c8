import { OcppError } from '@busbar/ocpp';
import type { DeviceModel } from '../device-model/device-model.ts';
import type { VariableName } from '../device-model/standard-variables.ts';

export interface Page<T> {
  seqNo: number;
  /** Another one follows. */
  tbc: boolean;
  items: T[];
}

/**
 * Rows gathered so that the JSON of a page stays within `maxBytes`; a row that is longer alone has its own page. There
 * is always a page, empty when there are no rows.
 */
export function* pagesOf<T>(rows: Iterable<T>, maxBytes: number): Generator<Page<T>> {
  let items: T[] = [];
  let bytes = 0;
  let seqNo = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (items.length > 0 && bytes + size > maxBytes) {
      yield { seqNo: seqNo++, tbc: true, items };
      items = [];
      bytes = 0;
    }
    items.push(row);
    bytes += size;
  }
  yield { seqNo, tbc: false, items };
}

/** What the CALL around the rows of a page takes. */
const envelopeBytes = 300;

/** Room for the rows of one page. */
export function pageBytesOf(model: DeviceModel): number {
  return model.number('InternalCtrlr.MaxMessageSize') - envelopeBytes;
}

type LimitedAction =
  | 'GetReport'
  | 'GetVariables'
  | 'SetVariables'
  | 'SetVariableMonitoring'
  | 'ClearVariableMonitoring';

const limits: Record<LimitedAction, { items: VariableName; bytes: VariableName }> = {
  GetReport: {
    items: 'DeviceDataCtrlr.ItemsPerMessage[GetReport]',
    bytes: 'DeviceDataCtrlr.BytesPerMessage[GetReport]',
  },
  GetVariables: {
    items: 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]',
    bytes: 'DeviceDataCtrlr.BytesPerMessage[GetVariables]',
  },
  SetVariables: {
    items: 'DeviceDataCtrlr.ItemsPerMessage[SetVariables]',
    bytes: 'DeviceDataCtrlr.BytesPerMessage[SetVariables]',
  },
  SetVariableMonitoring: {
    items: 'MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]',
    bytes: 'MonitoringCtrlr.BytesPerMessage[SetVariableMonitoring]',
  },
  ClearVariableMonitoring: {
    items: 'MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]',
    bytes: 'MonitoringCtrlr.BytesPerMessage[ClearVariableMonitoring]',
  },
};

/** OCPP 2.0.1 B05.FR.11, B06.FR.17 and the like: CALLERROR for a request above ItemsPerMessage or BytesPerMessage. */
export function checkSize(
  model: DeviceModel,
  action: LimitedAction,
  request: { items: number; payload: object },
): void {
  const items = model.number(limits[action].items);
  if (request.items > items)
    throw new OcppError('OccurrenceConstraintViolation', `${action} takes at most ${items} items in one message`);
  const bytes = model.number(limits[action].bytes);
  if (Buffer.byteLength(JSON.stringify(request.payload)) > bytes)
    throw new OcppError('FormatViolation', `${action} takes at most ${bytes} bytes in one message`);
}
