/** What a station answers instead of what it should. */
export const wrongAnswers = ['error', 'empty', 'garbage', 'unknown-id', 'nothing'] as const;
export type WrongAnswer = (typeof wrongAnswers)[number];

/** A spoiled answer; undefined when none is to be given. */
export function spoiled(answer: string, kind: WrongAnswer): string | undefined {
  switch (kind) {
    case 'error':
      return JSON.stringify([4, idOf(answer), 'InternalError', 'simulated', {}]);
    case 'empty':
      return JSON.stringify([3, idOf(answer), {}]);
    case 'garbage':
      return answer.slice(0, answer.length / 2);
    case 'unknown-id':
      return JSON.stringify([3, 'nobody-asked', {}]);
    case 'nothing':
      return undefined;
  }
}

function idOf(answer: string): unknown {
  const frame: unknown = JSON.parse(answer);
  return Array.isArray(frame) ? frame[1] : '';
}
