import type { v21 } from '@busbar/ocpp';
import { expectTypeOf, it } from 'vitest';
import type {
  clearMonitoring,
  eventPages,
  monitoringReport,
  setMonitoring,
  setMonitoringBase,
} from './variable-monitoring.ts';
import type { setNetworkProfile } from './network-profile.ts';
import type { baseReport, customReport } from './reports.ts';
import type { getVariables, setVariables } from './variables.ts';

type Yielded<T extends (...args: never[]) => Iterable<unknown>> = ReturnType<T> extends Iterable<infer R> ? R : never;

it('serves OCPP 2.1 as it does 2.0.1', () => {
  expectTypeOf<v21.GetVariablesRequest>().toExtend<Parameters<typeof getVariables>[1]>();
  expectTypeOf<ReturnType<typeof getVariables>>().toExtend<v21.GetVariablesResponse>();
  expectTypeOf<v21.SetVariablesRequest>().toExtend<Parameters<typeof setVariables>[1]>();
  expectTypeOf<ReturnType<typeof setVariables>>().toExtend<v21.SetVariablesResponse>();
  expectTypeOf<v21.NetworkConnectionProfileType>().toExtend<Parameters<typeof setNetworkProfile>[2]>();
  expectTypeOf<ReturnType<typeof setNetworkProfile>>().toExtend<v21.SetNetworkProfileResponse>();
  expectTypeOf<v21.GetReportRequest>().toExtend<Parameters<typeof customReport>[1]>();
  expectTypeOf<Yielded<typeof baseReport>>().toExtend<v21.ReportDataType>();
  expectTypeOf<v21.SetVariableMonitoringRequest>().toExtend<Parameters<typeof setMonitoring>[1]>();
  expectTypeOf<ReturnType<typeof setMonitoring<v21.MonitorEnumType>>>().toExtend<v21.SetVariableMonitoringResponse>();
  expectTypeOf<ReturnType<typeof clearMonitoring>>().toExtend<v21.ClearVariableMonitoringResponse>();
  expectTypeOf<ReturnType<typeof setMonitoringBase>>().toExtend<v21.SetMonitoringBaseResponse>();
  expectTypeOf<Yielded<typeof monitoringReport>>().toExtend<v21.MonitoringDataType>();
  expectTypeOf<Yielded<typeof eventPages>>().toExtend<v21.NotifyEventRequest>();
});
