import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { run } from './cli/index.ts';
import { stopSignals } from './cli/stop-signals.ts';
import type { Terminal } from './cli/terminal.ts';
import { readSurroundings } from './config/surroundings.ts';
import { createLocalGateway } from './local-gateway.ts';
import { version } from './version.ts';

const { stdin, stdout, stderr } = process;
const surroundings = readSurroundings();
const isColoured = (stream: { isTTY?: boolean }) => surroundings.colour ?? stream.isTTY === true;

// Somebody who reads no further (`busbar logs | head`) has seen enough. The gateway goes on all the same.
stdout.on('error', () => {
  if (process.argv[2] !== 'serve') process.exit(0);
});
stderr.on('error', () => undefined);

const terminal: Terminal = {
  print: (line) => void stdout.write(`${line}\n`),
  tell: (line) => void stderr.write(`${line}\n`),
  width: stdout.isTTY ? stdout.columns : undefined,
  colour: isColoured(stdout),
};

const exitCode = await run(process.argv.slice(2), {
  version,
  terminal,
  url: surroundings.url,
  apiKey: surroundings.apiKey,
  credentialsFile: surroundings.credentialsFile,
  cwd: process.cwd(),
  now: () => new Date(),
  stopSignals,
  askSecret,
  local: createLocalGateway({
    cwd: process.cwd(),
    surroundings,
    isTerminal: stderr.isTTY,
    colour: isColoured(stderr),
  }),
});
await new Promise<void>((resolve) => stdout.write('', () => resolve()));
process.exit(exitCode);

/** At a terminal what is typed is not shown; otherwise the first line of standard input counts. */
async function askSecret(question: string): Promise<string | undefined> {
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (stdin.isTTY) stderr.write(question);
  const lines = createInterface({ input: stdin, output: hidden, terminal: stdin.isTTY });
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}
