import { describe, expect, it } from 'vitest';
import type { CommandRecord } from './commands.ts';
import { masked, withoutSecrets } from './secrets.ts';
import { noon, Simulation } from './simulation.test-support.ts';

const component = { name: 'SecurityCtrlr' };
const password = { component, variable: { name: 'BasicAuthPassword' } };
const profile = { component, variable: { name: 'SecurityProfile' } };

const record: CommandRecord = {
  commandId: '0'.repeat(24),
  stationId: 'CP1',
  command: { type: 'clearCache' },
  status: 'pending',
  requestedBy: 'test',
  requestedAt: noon,
  updatedAt: noon,
  timeoutS: 30,
  expiresAt: noon,
};

describe('a secret', () => {
  it('is masked in a command that sets it, by either name, and in its result', () => {
    const key = { component: { name: 'ConfigurationKey' }, variable: { name: 'AuthorizationKey' } };
    const command = {
      type: 'setVariables',
      variables: [password, key, profile].map((one) => ({ ...one, value: 'v' })),
    } as const;
    const variables = command.variables.map((one) => ({ ...one, status: 'Accepted' as const }));
    const { command: shown, result } = withoutSecrets({
      ...record,
      command,
      result: { accepted: true, status: 'Accepted', variables },
    });
    const values = ['***', '***', 'v'].map((value) => ({ value }));
    expect(shown).toMatchObject({ variables: values });
    expect(result).toMatchObject({ variables: values });
  });

  it('is masked in a raw call and its answer', () => {
    const { command, result } = withoutSecrets({
      ...record,
      command: { type: 'call', action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value: 'v' } },
      result: {
        accepted: true,
        status: 'Accepted',
        response: { configurationKey: [{ key: 'WifiPassword', value: 'v' }] },
      },
    });
    expect(command).toMatchObject({ payload: { key: 'AuthorizationKey', value: '***' } });
    expect(result?.response).toEqual({ configurationKey: [{ key: 'WifiPassword', value: '***' }] });
  });

  it('that a station reports is told to nobody', () => {
    const simulation = new Simulation();
    simulation.report({
      type: 'NotifyReport',
      seqNo: 0,
      toBeContinued: false,
      variables: [password, profile].map((one) => ({ ...one, value: 'v', writable: true })),
    });
    const event = { eventId: 1, trigger: 'Delta', actualValue: 'v', occurredAt: noon };
    simulation.report({ type: 'NotifyEvent', events: [password, profile].map((one) => ({ ...event, ...one })) });
    expect(simulation.factsOf('variables.reported')[0]?.variables).toEqual([
      { ...password, writable: true },
      { ...profile, value: 'v', writable: true },
    ]);
    expect(simulation.factsOf('event.notified').map((fact) => fact.event.actualValue)).toEqual(['***', 'v']);
  });

  it('is nothing that only has a name in common with one', () => {
    const payload = { key: 'HeartbeatInterval', value: '60', list: [{ variable: 'AuthorizationKey', value: 1 }, null] };
    expect(masked(payload)).toEqual(payload);
  });
});
