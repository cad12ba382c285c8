/** Frames per second through `Peer.receive`, and bytes of an idle peer: `node --expose-gc packages/ocpp/bench/receive.ts`. */
import { Peer } from '../src/index.ts';

const sample = (measurand: string, unit: string, phase?: string) => ({
  value: '7234.1',
  context: 'Sample.Periodic',
  measurand,
  unit,
  ...(phase && { phase }),
});
const payload = {
  connectorId: 1,
  transactionId: 4711,
  meterValue: [
    {
      timestamp: '2026-05-04T08:15:00Z',
      sampledValue: [
        sample('Energy.Active.Import.Register', 'Wh'),
        sample('Power.Active.Import', 'W'),
        sample('Current.Import', 'A', 'L1'),
        sample('Voltage', 'V', 'L1-N'),
      ],
    },
  ],
};

/** As they come from a socket: flat strings. */
const framesOf = (action: string, content: object) =>
  Array.from({ length: 1000 }, (_, i) => Buffer.from(JSON.stringify([2, `id-${i}`, action, content])).toString());
const readings = framesOf('MeterValues', payload);
const heartbeats = framesOf('Heartbeat', {});

let written = 0;
const transmit = (text: string) => {
  written += text.length;
};
const handlers = { MeterValues: () => ({}), Heartbeat: () => ({ currentTime: '2026-05-04T08:15:00Z' }) };
const peerOf = (mode: 'strict' | 'lenient') => new Peer<'1.6'>({ version: '1.6', mode, transmit, handlers });

function run(name: string, texts: string[], work: (text: string) => void): void {
  const rounds = 300;
  for (let i = 0; i < 30; i++) texts.forEach(work);
  const started = performance.now();
  for (let i = 0; i < rounds; i++) texts.forEach(work);
  const rate = (rounds * texts.length * 1000) / (performance.now() - started);
  console.log(`${name.padEnd(32)} ${Math.round(rate).toLocaleString('en').padStart(10)} frames/s`);
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const strict = peerOf('strict');
const lenient = peerOf('lenient');
console.log(`MeterValues frame of ${readings[0]?.length} characters, synchronous handler`);
run('JSON.parse alone', readings, (text) => {
  written += JSON.parse(text).length;
});
run('MeterValues, strict', readings, (text) => strict.receive(text));
run('MeterValues, lenient', readings, (text) => lenient.receive(text));
run('Heartbeat, strict', heartbeats, (text) => strict.receive(text));

const before = heapBytes();
const idle = Array.from({ length: 20_000 }, () => peerOf('strict'));
console.log(`idle peer ${Math.round((heapBytes() - before) / idle.length)} bytes`);
