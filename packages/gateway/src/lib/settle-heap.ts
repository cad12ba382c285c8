import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Hands back what a start has used and nothing needs any more, and lets the heap grow from now on as the load asks. The
 * launcher keeps its youngest part small until here. Without a measurable effect on a Node that knows other flags.
 */
export function settleHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [{ type: 'major', flavor: 'last-resort' }]);
}
