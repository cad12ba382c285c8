/** Short beside any latency that is measured, long beside the handling of a message. ms */
const napMs = 0.25;
/** With fewer stations there is nothing to gather, and a nap would be most of their latency. */
const leastStations = 50;

/**
 * Stations are other machines: sending to them costs a server no more than sending. On one machine each answer would wake
 * a sleeping load generator, and a server that is slower than its stations would pay for that, a faster one not. So
 * between looks at its sockets the generator naps where no answer wakes it. Returns the end of it.
 */
export function napWhileMeasuring(stations: number): () => void {
  let isOver = stations < leastStations;
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const nap = (): void => {
    if (isOver) return;
    Atomics.wait(cell, 0, 0, napMs);
    setImmediate(nap);
  };
  setImmediate(nap);
  return () => {
    isOver = true;
  };
}
