import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, textOf, type VariableAddress } from './variable-address.ts';

const named = fc.record({ name: fc.string({ minLength: 1 }), instance: fc.string() }, { requiredKeys: ['name'] });
const evse = fc.record({ id: fc.nat(99), connectorId: fc.nat(9) }, { requiredKeys: ['id'] });
const addresses: fc.Arbitrary<VariableAddress> = fc
  .record({ component: named, evse: fc.option(evse, { nil: undefined }), variable: named })
  .map(({ component, evse: at, variable }) => ({ component: { ...component, ...(at && { evse: at }) }, variable }));

describe('the canonical text of an address', () => {
  it.each([
    ['OCPPCommCtrlr.MessageAttempts[TransactionEvent]', { name: 'OCPPCommCtrlr' }],
    ['NetworkConfiguration[1].OcppCsmsUrl', { name: 'NetworkConfiguration', instance: '1' }],
    ['EVSE@1.Power', { name: 'EVSE', evse: { id: 1 } }],
    ['Connector@1.2.AvailabilityState', { name: 'Connector', evse: { id: 1, connectorId: 2 } }],
    ['CustomizationCtrlr.CustomImplementationEnabled[org.openchargealliance.costmsg]', { name: 'CustomizationCtrlr' }],
  ])('is %s', (text, component) => {
    const address = addressOf(text);
    expect(address?.component).toEqual(component);
    expect(address && textOf(address)).toBe(text);
  });

  it.each(['', 'Component', 'A.B.C', 'A[.B', '.B', 'A.', 'A@x.B', 'A@1.2.3.B'])('is not %j', (text) => {
    expect(addressOf(text)).toBeUndefined();
  });

  it('gives back every address that it was made of', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(addressOf(textOf(address))).toEqual(address);
      }),
    );
  });

  it('is different for different addresses', () => {
    fc.assert(
      fc.property(addresses, addresses, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(textOf(a)).not.toBe(textOf(b));
      }),
    );
  });
});
