import { expect, test } from 'vitest';
import { startCore, type TestCore } from '../../test/support/core.ts';
import { temporaryFolder } from '../../test/support/gateway.ts';
import { isSettled, type CommandResult } from '../domain/commands.ts';
import { LinkError, type SendOptions, type StationLink } from '../ports/south.ts';

const reset = { type: 'reset', mode: 'Immediate' } as const;

/** A link that does what `reply` says when it is asked to reset, and can do nothing else. */
function resettable(reply: (options: SendOptions) => Promise<CommandResult>): StationLink {
  return { stationId: 'CP1', close: () => {}, reset: (_, options) => reply(options) };
}

async function withStation(core: TestCore, link?: StationLink): Promise<TestCore> {
  await core.intake.admit({ stationId: 'CP1' });
  if (link !== undefined) core.intake.attach(link);
  return core;
}

const settled = (core: TestCore, commandId: string) => core.gateway.settled(commandId, AbortSignal.timeout(10_000));

test('a command is stored, announced as sent, and settled with the answer of the station', async () => {
  const link = resettable(async ({ onSent }) => {
    onSent?.();
    return { accepted: true, status: 'Accepted' };
  });
  const core = await withStation(await startCore(), link);
  const record = await core.gateway.issue({ stationId: 'CP1', command: reset, actor: 'test' });
  expect(record.status).toBe('pending');
  expect(await settled(core, record.commandId)).toMatchObject({ status: 'accepted', result: { status: 'Accepted' } });
  expect(await core.store.command(record.commandId)).toMatchObject({ status: 'accepted' });
  const types = core.facts.map(({ type }) => type).filter((type) => type.startsWith('command.'));
  expect(types).toEqual(['command.requested', 'command.sent', 'command.settled']);
});

test('a refusal is a result, not a failure', async () => {
  const core = await withStation(
    await startCore(),
    resettable(async () => ({ accepted: false, status: 'Rejected' })),
  );
  const { commandId } = await core.gateway.issue({ stationId: 'CP1', command: reset, actor: 'test' });
  const record = await settled(core, commandId);
  expect(record).toMatchObject({ status: 'rejected', result: { status: 'Rejected' } });
  expect(record.failure).toBeUndefined();
});

test('the outcome is unknown when the connection is lost after the command was sent', async () => {
  const link = resettable(async () => {
    throw new LinkError('ConnectionLost', 'The connection closed before an answer came.', { sent: true });
  });
  const core = await withStation(await startCore(), link);
  const { commandId } = await core.gateway.issue({ stationId: 'CP1', command: reset, actor: 'test' });
  expect(await settled(core, commandId)).toMatchObject({
    status: 'failed',
    failure: 'ConnectionLost',
    outcomeUnknown: true,
  });
});

test('what the station cannot do is refused and nothing is stored', async () => {
  const core = await withStation(
    await startCore(),
    resettable(async () => ({ accepted: true, status: 'Accepted' })),
  );
  const issue = core.gateway.issue({ stationId: 'CP1', command: { type: 'clearCache' }, actor: 'test' });
  await expect(issue).rejects.toMatchObject({ code: 'not-supported' });
  expect(await core.store.openCommands()).toEqual([]);
});

test('a command to a station that is not connected is refused, or waits if asked to', async () => {
  const core = await withStation(await startCore());
  const request = { stationId: 'CP1', command: reset, actor: 'test' };
  await expect(core.gateway.issue(request)).rejects.toMatchObject({ code: 'offline' });
  const { commandId } = await core.gateway.issue({ ...request, whenOffline: 'queue' });
  core.intake.attach(resettable(async () => ({ accepted: true, status: 'Accepted' })));
  await core.intake.report('CP1', { type: 'Connected', protocol: 'ocpp1.6' });
  expect(await core.store.command(commandId)).toMatchObject({ status: 'pending' });
  await core.intake.report('CP1', { type: 'BootNotification', info: {} });
  expect(await settled(core, commandId)).toMatchObject({ status: 'accepted' });
});

test('a waiting command expires', async () => {
  const core = await withStation(await startCore());
  const request = { stationId: 'CP1', command: reset, actor: 'test', whenOffline: 'queue', expiresInS: 60 } as const;
  const { commandId } = await core.gateway.issue(request);
  core.clock.advance(59);
  core.commands.expire(core.clock.now());
  expect(await core.store.command(commandId)).toMatchObject({ status: 'pending' });
  core.clock.advance(1);
  core.commands.expire(core.clock.now());
  expect(await settled(core, commandId)).toMatchObject({ status: 'failed', failure: 'Expired' });
});

test('a waiting command can be cancelled, a settled one cannot', async () => {
  const core = await withStation(await startCore());
  const request = { stationId: 'CP1', command: reset, actor: 'test', whenOffline: 'queue' } as const;
  const { commandId } = await core.gateway.issue(request);
  expect(await core.gateway.cancelCommand(commandId, 'test')).toMatchObject({ status: 'failed', failure: 'Cancelled' });
  await expect(core.gateway.cancelCommand(commandId, 'test')).rejects.toMatchObject({ code: 'conflict' });
});

test('after a restart a command that may have been sent is never sent again, and a waiting one still is', async () => {
  const folder = await temporaryFolder();
  const first = await withStation(await startCore({ folder }));
  const waiting = await first.gateway.issue({
    stationId: 'CP1',
    command: reset,
    actor: 'test',
    whenOffline: 'queue',
    expiresInS: 3600,
  });
  const never = Promise.withResolvers<CommandResult>();
  const handed = Promise.withResolvers<void>();
  first.intake.attach(
    resettable(() => {
      handed.resolve();
      return never.promise;
    }),
  );
  const dispatched = await first.gateway.issue({ stationId: 'CP1', command: reset, actor: 'test' });
  await handed.promise;
  await first.store.stop();

  const second = await startCore({ folder });
  expect(await second.store.command(dispatched.commandId)).toMatchObject({
    status: 'failed',
    failure: 'ConnectionLost',
    outcomeUnknown: true,
  });
  expect(await second.store.command(waiting.commandId)).toMatchObject({ status: 'pending' });
  let sent = 0;
  second.intake.attach(
    resettable(async () => {
      sent += 1;
      return { accepted: true, status: 'Accepted' };
    }),
  );
  await second.intake.report('CP1', { type: 'BootNotification', info: {} });
  expect(isSettled(await settled(second, waiting.commandId))).toBe(true);
  expect(sent).toBe(1);
  never.resolve({ accepted: true, status: 'Accepted' });
});

test('a waiting command whose time is over is not sent, however early its station speaks after a restart', async () => {
  const folder = await temporaryFolder();
  const first = await withStation(await startCore({ folder }));
  const request = { stationId: 'CP1', command: reset, actor: 'test', whenOffline: 'queue', expiresInS: 60 } as const;
  const { commandId } = await first.gateway.issue(request);
  await first.store.stop();

  const second = await startCore({ folder });
  second.clock.advance(61);
  let sent = 0;
  second.intake.attach(
    resettable(async () => {
      sent += 1;
      return { accepted: true, status: 'Accepted' };
    }),
  );
  await second.intake.report('CP1', { type: 'BootNotification', info: {} });
  expect(await settled(second, commandId)).toMatchObject({ status: 'failed', failure: 'Expired' });
  expect(sent).toBe(0);
});

test('a command is sent at once when its station came while it was stored to wait', async () => {
  const core = await withStation(await startCore());
  const issued = core.gateway.issue({ stationId: 'CP1', command: reset, actor: 'test', whenOffline: 'queue' });
  core.intake.attach(resettable(async () => ({ accepted: true, status: 'Accepted' })));
  expect(await settled(core, (await issued).commandId)).toMatchObject({ status: 'accepted' });
});

test('a waiting command waits on when the database cannot note that it is sent', async () => {
  const core = await withStation(await startCore());
  const request = { stationId: 'CP1', command: reset, actor: 'test', whenOffline: 'queue' } as const;
  const { commandId } = await core.gateway.issue(request);
  let sent = 0;
  core.intake.attach(
    resettable(async () => {
      sent += 1;
      return { accepted: true, status: 'Accepted' };
    }),
  );
  const refused = Promise.withResolvers<void>();
  core.refuse = ({ commands }) => {
    if (commands !== undefined) refused.resolve();
    return commands !== undefined;
  };
  await core.intake.report('CP1', { type: 'BootNotification', info: {} });
  await refused.promise;
  core.refuse = () => false;
  await core.intake.report('CP1', { type: 'BootNotification', info: {} });
  expect(await settled(core, commandId)).toMatchObject({ status: 'accepted' });
  expect(sent).toBe(1);
});

test('an outcome that could not be stored is stored later', async () => {
  const core = await withStation(
    await startCore(),
    resettable(async () => ({ accepted: true, status: 'Accepted' })),
  );
  core.refuse = ({ facts }) => facts.some(({ type }) => type === 'command.settled');
  const { commandId } = await core.gateway.issue({ stationId: 'CP1', command: reset, actor: 'test' });
  expect(await settled(core, commandId)).toMatchObject({ status: 'accepted' });
  expect(await core.store.command(commandId)).toMatchObject({ status: 'pending' });
  core.refuse = () => false;
  core.commands.expire(core.clock.now());
  await core.fact('command.settled');
  expect(await core.store.command(commandId)).toMatchObject({ status: 'accepted' });
});

test('a password is sent as it is, and stored nowhere but with a command that waits', async () => {
  const core = await withStation(await startCore());
  const password = 'a-password-of-20-chr';
  const variable = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
  const command = { type: 'setVariables', variables: [{ ...variable, value: password }] } as const;
  const given: string[] = [];
  const issue = () => core.gateway.issue({ stationId: 'CP1', command, actor: 'test', whenOffline: 'queue' });
  const { commandId } = await issue();
  expect(JSON.stringify(await core.store.command(commandId))).toContain(password);
  core.intake.attach({
    stationId: 'CP1',
    close: () => {},
    setVariables: async ({ variables }) => {
      given.push(...variables.map(({ value }) => value));
      return { accepted: true, status: 'Accepted', variables: [{ ...variable, status: 'Accepted', value: password }] };
    },
  });
  await core.intake.report('CP1', { type: 'BootNotification', info: {} });
  const records = [await settled(core, commandId), await issue()];
  records.push(await settled(core, records[1]?.commandId ?? ''));
  expect(given).toEqual([password, password]);
  const stored = await Promise.all(records.map((record) => core.store.command(record.commandId)));
  expect(
    JSON.stringify([records, stored, core.facts, await core.store.facts({ afterSeq: 0, limit: 100 })]),
  ).not.toContain(password);
});

test('a command that waits behind others for too long is given up and not sent', async () => {
  const link = resettable(async ({ signal }) => {
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    throw new LinkError('Timeout', 'It was given up before it was sent.', { sent: false });
  });
  const core = await withStation(await startCore(), link);
  const request = { stationId: 'CP1', command: reset, actor: 'test', expiresInS: 0.05 };
  const { commandId } = await core.gateway.issue(request);
  const record = await settled(core, commandId);
  expect(record).toMatchObject({ status: 'failed', failure: 'Expired', detail: expect.stringContaining('busy') });
  expect(record.outcomeUnknown).toBeUndefined();
});

test('a command that was sent is not given up because its time to be sent is over', async () => {
  const answer = Promise.withResolvers<CommandResult>();
  const signals: (AbortSignal | undefined)[] = [];
  const link = resettable(async ({ onSent, signal }) => {
    if (signals.push(signal) === 1) {
      onSent?.();
      return answer.promise;
    }
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    throw new LinkError('Timeout', 'It was given up before it was sent.', { sent: false });
  });
  const core = await withStation(await startCore(), link);
  const request = { stationId: 'CP1', command: reset, actor: 'test', expiresInS: 0.01 };
  const sent = await core.gateway.issue(request);
  const late = await core.gateway.issue(request);
  expect(await settled(core, late.commandId)).toMatchObject({ failure: 'Expired' });
  expect(signals[0]?.aborted).toBe(false);
  answer.resolve({ accepted: true, status: 'Accepted' });
  expect(await settled(core, sent.commandId)).toMatchObject({ status: 'accepted' });
});
