import { describe, expectTypeOf, it } from 'vitest';
import { Peer, type Handlers, type OcppVersion, type RequestOf, type v16 } from './index.ts';

const transmit = () => {};

/** The version is inferred from `version` alone, and gives every handler its types. */
function peerFor<V extends OcppVersion>(version: V, handlers: Handlers<NoInfer<V>>): Peer<V> {
  return new Peer({ version, handlers, transmit });
}

describe('types', () => {
  it('handlers written in place need no annotation', () => {
    const direct = new Peer<'1.6'>({
      version: '1.6',
      transmit,
      handlers: {
        Authorize: ({ idTag }) => ({ idTagInfo: { status: idTag === 'x' ? 'Accepted' : 'Blocked' } }),
        DataTransfer: async () => ({ status: 'Accepted' }),
        ClearCache: () => ({ status: 'Accepted' }),
      },
    });
    expectTypeOf(direct).toEqualTypeOf<Peer<'1.6'>>();
    const generic = peerFor('2.1', {
      Reset: () => ({ status: 'Accepted' }),
      NotifyPeriodicEventStream: ({ id }) => {
        expectTypeOf(id).toEqualTypeOf<number>();
      },
    });
    expectTypeOf(generic).toEqualTypeOf<Peer<'2.1'>>();
  });

  it('handlers written elsewhere may be a part of them', () => {
    const metering = {
      MeterValues: async (request: v16.MeterValuesRequest) => {
        expectTypeOf(request.meterValue).toEqualTypeOf<v16.MeterValue[]>();
        return {};
      },
    };
    const provisioning: Handlers<'1.6'> = { Heartbeat: () => ({ currentTime: '' }) };
    expectTypeOf(peerFor('1.6', { ...metering, ...provisioning })).toEqualTypeOf<Peer<'1.6'>>();
  });

  it('calls are typed by their action', () => {
    type Call = Peer<'1.6'>['call'];
    expectTypeOf<Parameters<Call>[2]>().toExtend<object | undefined>();
    const call = (peer: Peer<'1.6'>) => peer.call('Reset', { type: 'Hard' });
    expectTypeOf<Awaited<ReturnType<typeof call>>>().toEqualTypeOf<v16.ResetResponse>();
    expectTypeOf<RequestOf<'1.6', 'Reset'>>().toEqualTypeOf<v16.ResetRequest>();
    // @ts-expect-error the type of a reset is Hard or Soft
    const wrong = (peer: Peer<'1.6'>) => peer.call('Reset', { type: 'Immediate' });
    expectTypeOf(wrong).toBeFunction();
  });
});
