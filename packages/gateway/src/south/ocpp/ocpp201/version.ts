import type { ActionOf, HandlerContext, RequestOf, ResponseOf } from '@busbar/ocpp';

/** 2.0.1 and 2.1 share these functional blocks: what a station of either says, and what either is told. */
export type Version2 = '2.0.1' | '2.1';

/** Handlers that serve both: they understand the wider requests of 2.1, and answer in words that both have. */
export type Handlers201 = {
  [A in Exclude<ActionOf<'2.0.1'>, 'NotifyMonitoringReport'>]?: (
    request: RequestOf<'2.1', A>,
    context: HandlerContext,
  ) => ResponseOf<'2.0.1', A> | Promise<ResponseOf<'2.0.1', A>>;
};
