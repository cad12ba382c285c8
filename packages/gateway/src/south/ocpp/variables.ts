import type { CommandResult } from '../../domain/commands.ts';
import type { VariableResult } from '../../domain/device-model.ts';

/** The result of a get or a set: accepted when every variable was, else in the words of the first that was not. */
export function toVariablesResult(variables: readonly VariableResult[], response: unknown): CommandResult {
  const refused = variables.find(({ status }) => status !== 'Accepted' && status !== 'RebootRequired');
  const reboot = variables.find(({ status }) => status === 'RebootRequired');
  const decisive = refused ?? reboot;
  return {
    accepted: refused === undefined,
    status: decisive?.status ?? 'Accepted',
    ...(decisive?.reason !== undefined && { reason: decisive.reason }),
    variables,
    ...(response !== undefined && { response }),
  };
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

/** `undefined` for text that is no integer of at least 1. */
export function positiveInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,9}\s*$/.test(text)) return undefined;
  const number = Number(text);
  return number > 0 ? number : undefined;
}
