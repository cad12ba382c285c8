import { defineCommand } from 'citty';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit.ts';

const simulateArgs = {
  count: { type: 'string', alias: 'n', valueHint: 'number', description: 'How many chargers (default 10)' },
  ocpp: {
    type: 'string',
    valueHint: 'versions',
    description: 'Their versions, with weights if wanted: 1.6,2.0.1 or 1.6:3,2.1:1 (default 1.6,2.0.1)',
  },
  url: {
    type: 'string',
    valueHint: 'url',
    description: 'Where they connect (default the OCPP address of the configuration here, ws://127.0.0.1:9000/ocpp)',
  },
  'identity-prefix': { type: 'string', valueHint: 'text', description: 'In front of their numbers (default SIM)' },
  evses: { type: 'string', valueHint: 'number', description: 'EVSEs of each (default 1)' },
  'ask-password': { type: 'boolean', description: 'Ask for the password that all of them offer' },
  password: { type: 'string', valueHint: 'text', description: 'The same, where others may read it' },
  tokens: { type: 'string', valueHint: 'tokens', description: 'Id tokens of their drivers (default SIM-CARD)' },
  admit: {
    type: 'boolean',
    description: 'Make chargers and tokens known at the gateway first; wants an API key that may',
  },
  arrivals: {
    type: 'string',
    valueHint: 'time',
    description: "Mean time until the next vehicle comes, or 'none' (default '1 min')",
  },
  evening: { type: 'boolean', description: 'Most vehicles come in the evening and few by night (UTC), as at homes' },
  stay: { type: 'string', valueHint: 'time', description: "Mean time a vehicle stays (default '5 min')" },
  speed: { type: 'string', valueHint: 'factor', description: 'Batteries fill so many times faster (default 1)' },
  ramp: { type: 'string', valueHint: 'time', description: 'Time over which they start (default 10 ms for each)' },
  failures: {
    type: 'string',
    valueHint: 'kind=rate',
    description:
      'How often things go wrong, per charger and hour: reboots=0.1,disconnects=1,slow-answers=0.5,wrong-answers=0.5,faults=0.2',
  },
  scenario: { type: 'string', valueHint: 'file', description: 'Do what this file says instead' },
  duration: { type: 'string', valueHint: 'time', description: 'End after so long (default: at Ctrl-C)' },
  seed: { type: 'string', valueHint: 'number', description: 'Of all that is random; the same gives the same' },
  gateway: { type: 'string', valueHint: 'url', description: 'API for --admit (default BUSBAR_URL)' },
  key: { type: 'string', valueHint: 'key', description: 'API key for --admit (default BUSBAR_API_KEY)' },
  json: { type: 'boolean', description: 'The summary as JSON' },
} as const;

export const simulate = (context: CliContext) =>
  defineCommand({
    meta: { name: 'simulate', description: 'Be a fleet of chargers, with drivers, vehicles and failures' },
    args: simulateArgs,
    async run({ args }): Promise<ExitCode> {
      // The other commands do without the charging station.
      const { runSimulation } = await import('./simulate/index.ts');
      return runSimulation(context, args);
    },
  });
