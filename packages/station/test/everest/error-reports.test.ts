import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStation, type Station, type StationVersion } from '../../src/index.ts';
import { OcppModule } from '../../src/everest/index.ts';
import { openCsms, type Csms } from '../csms.ts';
import { openAedes, type TestBroker } from './brokers.ts';
import { createFakeOcpp } from './fake-ocpp.ts';
import { configOf, moduleId, openStandIn, type StandIn } from './stand-in.ts';

let broker: TestBroker;
let everest: StandIn;
let module: OcppModule;
let csms: Csms;
let station: Station | undefined;

beforeEach(async () => {
  broker = await openAedes();
  csms = await openCsms();
  everest = await openStandIn(broker.port, {
    config: () => configOf({ evse_manager: [{ module_id: 'evse1', implementation_id: 'evse' }] }),
    neighbours: { 'evse1 get_evse': () => ({ id: 1, connectors: [{ id: 1, type: 'cType2' }] }) },
  });
  const { port } = broker;
  module = new OcppModule({ moduleId, release: '2026.08', broker: { host: '127.0.0.1', port }, retryMs: 20 });
});

afterEach(async () => {
  await station?.stop();
  await module.stop();
  await everest.close();
  await broker.close();
  await csms.close();
  if (csms.violations.length > 0) throw new Error('the CSMS saw invalid frames', { cause: csms.violations });
});

/** EVerest is there, and its station accepted. */
async function open(version: StationVersion): Promise<void> {
  const board = { max_current_A_import: 16, max_phase_count_import: 1 };
  module.module.events.once('ready', () => void everest.vary('evse1/impl/evse', 'hw_capabilities', board));
  module.start();
  const made = createStation({ identity: 'CP1', url: csms.url, versions: [version], host: await module.host() });
  station = made;
  module.serve({ station: made, ocpp: createFakeOcpp() });
  const accepted = once(made.events, 'accepted');
  made.start();
  await accepted;
}

interface EverestError {
  type: string;
  sub_type?: string;
  message?: string;
  description?: string;
}

/** A board that is no neighbour, but mapped to the EVSE. */
const board = { module_id: 'bsp_1', implementation_id: 'main', mapping: { evse: 1 } };

const report = (how: 'RaiseError' | 'ClearError', error: EverestError) =>
  everest.publish(`everest/modules/bsp_1/impl/main/error/${error.type}`, how, {
    sub_type: '',
    message: '',
    description: '',
    origin: board,
    ...error,
  });

/** What makes an EVSE Faulted, EVerest tells of its manager. */
const reportInoperative = (how: 'RaiseError' | 'ClearError', cause: EverestError, code: string) =>
  everest.publish('everest/modules/evse1/impl/evse/error/evse_manager/Inoperative', how, {
    type: 'evse_manager/Inoperative',
    message: cause.type,
    description: code,
    vendor_id: 'EVerest',
    origin: { module_id: 'evse1', implementation_id: 'evse' },
  });

describe('errors of EVerest in OCPP 1.6', () => {
  const next = async () => {
    const { timestamp: _, ...status }: { timestamp?: unknown } = { ...(await csms.next('StatusNotification')) };
    return status;
  };

  /** The error comes and makes the EVSE inoperative; then both are over. Answers what the CSMS hears, in order. */
  async function comesAndGoes(error: EverestError, code: string): Promise<object[]> {
    await open('1.6');
    for (const connectorId of [0, 1]) expect(await next()).toMatchObject({ connectorId });
    const heard: object[] = [];
    const acts = [
      () => report('RaiseError', error),
      () => reportInoperative('RaiseError', error, code),
      () => report('ClearError', error),
      () => reportInoperative('ClearError', error, code),
    ];
    for (const act of acts) {
      await act();
      heard.push(await next());
    }
    return heard;
  }

  interface Told {
    errorCode: string;
    info?: string;
    vendorId: string;
    vendorErrorCode: string;
  }

  /** What the CSMS is to hear of an error and of what it causes. */
  function expected(told: Told, { type, code }: { type: string; code: string }): object[] {
    const { vendorId, vendorErrorCode } = told;
    const fault = { connectorId: 1, status: 'Faulted', errorCode: 'OtherError' };
    const cause = { vendorId: 'EVerest', vendorErrorCode: code };
    return [
      { connectorId: 1, status: 'Available', ...told },
      { ...fault, info: `caused_by:${type}`, ...cause },
      { ...fault, info: `Error ${vendorErrorCode} resolved`, vendorId, vendorErrorCode },
      { connectorId: 1, status: 'Available', errorCode: 'NoError', info: `Error ${code} resolved`, ...cause },
    ];
  }

  const type = 'evse_board_support/MREC2GroundFailure';
  const code = 'MREC2GroundFailure';
  const mrec = { errorCode: 'GroundFailure', vendorId: 'https://chargex.inl.gov', vendorErrorCode: 'CX002' };

  it('have their message as info [mrec_error_with_message_sets_status_notification_info]', async () => {
    const heard = await comesAndGoes({ type, message: 'test error message' }, code);
    expect(heard).toEqual(expected({ ...mrec, info: 'test error message' }, { type, code }));
  });

  it('have no info without a message [mrec_error_without_message_is_unchanged_from_baseline]', async () => {
    const heard = await comesAndGoes({ type, description: 'long' }, code);
    expect(heard).toEqual(expected(mrec, { type, code }));
  });

  it('have as much of a message as there is room for [mrec_error_with_overlong_message_is_truncated]', async () => {
    const heard = await comesAndGoes({ type, message: 'x'.repeat(60) }, code);
    expect(heard).toEqual(expected({ ...mrec, info: 'x'.repeat(50) }, { type, code }));
  });

  it('of a vendor say where they come from [non_mrec_error_with_message_is_unchanged_from_baseline]', async () => {
    const error = { type: 'evse_board_support/VendorError', sub_type: 'some_subtype', message: 'some diagnostic text' };
    const vendorErrorCode = 'VendorError/some_subtype';
    const told = { errorCode: 'OtherError', info: 'bsp_1->main', vendorId: error.message, vendorErrorCode };
    const heard = await comesAndGoes(error, vendorErrorCode);
    expect(heard).toEqual(expected(told, { type: error.type, code: vendorErrorCode }));
  });
});

describe('errors of EVerest in OCPP 2.0.1', () => {
  async function comesAndGoes(error: EverestError): Promise<object[]> {
    await open('2.0.1');
    await report('RaiseError', error);
    const raised = await csms.next('NotifyEvent');
    await report('ClearError', error);
    return [raised, await csms.next('NotifyEvent')];
  }

  const expected = (techInfo: string) =>
    [false, true].map((cleared) => ({
      eventData: [
        {
          component: { name: 'Connector', evse: { id: 1 } },
          variable: { name: 'Problem' },
          actualValue: String(!cleared),
          cleared,
          techCode: 'CX002',
          techInfo,
        },
      ],
    }));

  const type = 'evse_board_support/MREC2GroundFailure';
  const description = 'Ground fault circuit interrupter has been activated.';

  it('have their message as techInfo, also at their end [error_with_message_sets_notify_event_tech_info_and_echoes_on_clear]', async () => {
    const told = await comesAndGoes({ type, message: 'test error message', description });
    expect(told).toMatchObject(expected('test error message'));
    expect(station?.statusOf(1)).toBe('Available');
  });

  it('have their description as techInfo without a message [error_without_message_sets_notify_event_tech_info_to_description_and_echoes_on_clear]', async () => {
    expect(await comesAndGoes({ type, description })).toMatchObject(expected(description));
  });
});
